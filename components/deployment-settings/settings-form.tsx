'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { updateBody } from '@/components/deployment-form/bodies';
import { rebase, type Conflict } from '@/components/deployment-form/conflict';
import { CurlButton } from '@/components/deployment-form/curl-button';
import { GroupView } from '@/components/deployment-form/group-view';
import { problemOf } from '@/components/deployment-form/refusal';
import { RefusedView } from '@/components/deployment-form/refused-view';
import { SudoersView } from '@/components/deployment-form/sudoers-view';
import { useFocusOnWrong, useForm } from '@/components/deployment-form/use-form';
import { settingsOf, valuesOf } from '@/components/deployment-form/values';
import { client, orpc } from '@/components/live/client';
import { ProblemError } from '@/components/live/problem';
import { Button, ButtonLink } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import type { DeploymentDetail } from '@/lib/contract/inventory';
import { ChangedMeanwhile } from './changed-meanwhile';
import { SETTINGS_GROUPS } from './groups';
import { sealedHints } from './sealed-hints';

type Base = Pick<DeploymentDetail, 'rev' | 'name' | 'settings' | 'secrets'>;
const typedOf = (d: Base) => ({ ...valuesOf(d.settings), name: d.name });

/**
 * The settings as they were at one rev. Saving sends only what differs and the rev; when someone else was faster, what
 * they changed is named and what was typed here stays.
 */
export function SettingsForm({ detail }: { detail: DeploymentDetail }) {
  const { slug } = detail;
  const queries = useQueryClient();
  const [base, setBase] = useState<Base>(detail);
  const [theirs, setTheirs] = useState<Conflict[]>([]);
  const form = useForm(typedOf(detail));
  const ref = useFocusOnWrong(form);
  const { body, errors } = updateBody(form.values, base);
  const changed = Object.keys(body).length;

  const keep = (next: DeploymentDetail) => {
    setBase(next);
    queries.setQueryData(orpc.deployments.get.queryKey({ input: { slug } }), next);
  };
  const save = useMutation({
    mutationFn: () => client.deployments.update({ slug, ...body }, { context: { ifMatch: base.rev } }),
    onSuccess: (next) => {
      keep(next);
      setTheirs([]);
      form.clear();
      form.setValues(typedOf(next));
      toast('Settings saved.');
    },
    onError: async (error) => {
      if (!(error instanceof ProblemError && error.is('version-conflict'))) return form.refuse(problemOf(error));
      try {
        const now = await client.deployments.get({ slug });
        const merged = rebase(typedOf(base), typedOf(now), form.values);
        keep(now);
        form.clear();
        form.setValues(merged.values);
        setTheirs(merged.theirs);
      } catch (again) {
        form.refuse(problemOf(again));
      }
    },
  });

  return (
    <form
      ref={ref}
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        if (save.isPending || changed === 0) return;
        if (Object.keys(errors).length > 0) form.refuseHere(errors);
        else save.mutate();
      }}
    >
      {SETTINGS_GROUPS.map((group) => (
        <GroupView
          key={group.id}
          group={group}
          form={form}
          sealed={sealedHints(base.secrets, settingsOf(form.values).settings, new Date())}
        >
          {group.id === 'ssh' && form.values['ssh.mode'] === 'readonly' && form.values['ssh.auth'] !== 'none' && (
            <SudoersView values={form.values} />
          )}
        </GroupView>
      ))}
      <div className="border-line flex flex-col gap-3 border-t py-4">
        <ChangedMeanwhile theirs={theirs} />
        <RefusedView refused={form.refused} />
        <div className="flex flex-wrap items-center gap-2">
          <Button
            type="submit"
            kind="primary"
            busy={save.isPending}
            guard={changed === 0 && Object.keys(errors).length === 0 ? 'Nothing was changed.' : null}
          >
            Save the changes
          </Button>
          <CurlButton
            request={() => ({
              method: 'PATCH',
              url: `${window.location.origin}/api/v1/deployments/${slug}`,
              ifMatch: `"${base.rev}"`,
              body,
            })}
          />
          <ButtonLink href={`/d/${slug}/settings/check`}>Check the links</ButtonLink>
        </div>
      </div>
    </form>
  );
}
