'use client';

import { useMutation } from '@tanstack/react-query';
import { orpc } from '@/components/live/client';
import { explain } from '@/components/live/problem';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { toast } from '@/components/ui/toast';
import { useReloadNodes } from './reload-nodes';

export interface ForgetDialogProps {
  slug: string;
  name: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Fetched when the button is approached. */
export function ForgetDialog({ slug, name, open, onOpenChange }: ForgetDialogProps) {
  const reload = useReloadNodes(slug);
  const forget = useMutation(
    orpc.nodes.forget.mutationOptions({
      onSuccess: () => {
        onOpenChange(false);
        toast(`${name} is forgotten.`);
        return reload();
      },
    }),
  );
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Forget ${name}`}
      act={`Forget ${name}`}
      typed={name}
      busy={forget.isPending}
      error={forget.error ? explain(forget.error).advice : null}
      onConfirm={() => forget.mutate({ slug, node: name })}
    >
      <p>
        Signalbox takes the node off its list. Nothing is done on the node itself. If it comes back, it is found again and shown
        as not declared; its past samples and events stay.
      </p>
    </ConfirmDialog>
  );
}
