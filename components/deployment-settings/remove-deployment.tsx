'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { problemOf } from '@/components/deployment-form/refusal';
import { client, orpc } from '@/components/live/client';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { preloadDialog } from '@/components/ui/dialog';
import { Section } from '@/components/ui/section';

export function RemoveDeployment({ slug, name }: { slug: string; name: string }) {
  const router = useRouter();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const remove = useMutation({
    mutationFn: () => client.deployments.remove({ slug, confirm: name }),
    onSuccess: async () => {
      router.push('/');
      queries.removeQueries({ queryKey: orpc.deployments.get.queryKey({ input: { slug } }) });
      await queries.invalidateQueries({ queryKey: orpc.deployments.key() });
    },
  });
  const problem = remove.error ? problemOf(remove.error) : null;
  return (
    <Section title="Remove this deployment" className="border-line border-t py-5">
      <p className="text-soft mb-3 max-w-[72ch]">
        Signalbox forgets it: its settings, secrets, host keys and history. The nodes, the rooms and the recordings go on
        untouched.
      </p>
      <Button kind="danger" onPointerEnter={preloadDialog} onFocus={preloadDialog} onClick={() => setOpen(true)}>
        Remove {name}
      </Button>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={`Remove ${name}`}
        act={`Remove ${name}`}
        typed={name}
        busy={remove.isPending}
        error={problem ? `${problem.title}. ${problem.detail}` : null}
        onConfirm={() => remove.mutate()}
      >
        <p>
          Settings, sealed secrets, host keys and the history of this deployment are deleted here and cannot be brought back,
          other than from a backup. Nothing is done to its nodes; calls and recordings go on.
        </p>
      </ConfirmDialog>
    </Section>
  );
}
