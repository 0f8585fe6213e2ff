'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { ConfirmKeys, unconfirmedKeys } from '@/components/deployment-form/host-keys';
import { pressKey, problemOf } from '@/components/deployment-form/refusal';
import { TaskSteps } from '@/components/deployment-form/task-steps';
import { isOver, useTask } from '@/components/deployment-form/use-task';
import { client, orpc } from '@/components/live/client';
import { Button, ButtonLink } from '@/components/ui/button';
import { Empty, Notice } from '@/components/ui/notice';
import { PageHeader, Section } from '@/components/ui/section';

/** Each link apart: what works, what failed and what to do, and the host keys that wait for a person. */
export function CheckPage({ slug }: { slug: string }) {
  // In the address, so that a reload or a colleague sees the same run.
  const taskId = useSearchParams().get('task');
  const queries = useQueryClient();
  const task = useTask(taskId);
  const run = useMutation({
    mutationFn: () => client.deployments.check({ slug }, { context: { idempotencyKey: pressKey() } }),
    // The address changes without loading the page anew; useSearchParams follows.
    onSuccess: (started) => window.history.replaceState(null, '', `/d/${slug}/settings/check?task=${started.id}`),
  });
  const keys = task.data && isOver(task.data) ? unconfirmedKeys(task.data.steps) : [];
  const pin = useMutation({
    mutationFn: () =>
      client.deployments.pinHostKeys({
        slug,
        keys: keys.map(({ endpoint, algorithm, fingerprint }) => ({ endpoint, algorithm, fingerprint })),
      }),
    onSuccess: (detail) => {
      queries.setQueryData(orpc.deployments.get.queryKey({ input: { slug } }), detail);
      run.mutate();
    },
  });
  const running = run.isPending || (taskId !== null && task.data !== undefined && !isOver(task.data));
  const trouble = pin.error ?? run.error ?? task.error;
  const again = (
    <Button kind={task.data ? 'normal' : 'primary'} busy={running} onClick={() => run.mutate()}>
      {task.data ? 'Check again' : 'Check the links'}
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Check the links"
        above={<Link href={`/d/${slug}/settings`}>Settings</Link>}
        actions={
          <>
            {task.data && again}
            <ButtonLink kind={task.data && isOver(task.data) && keys.length === 0 ? 'primary' : 'normal'} href={`/d/${slug}`}>
              To the deployment
            </ButtonLink>
          </>
        }
      >
        Each link is tested apart. What fails here is unknown elsewhere; the rest goes on.
      </PageHeader>
      {trouble && <Trouble error={trouble} />}
      {task.data ? (
        <>
          {keys.length > 0 && (
            <Section
              title="Host keys to confirm"
              lead="Signalbox speaks to a node only when a person has confirmed its key."
              className="mb-6"
            >
              <ConfirmKeys key={taskId} keys={keys} busy={pin.isPending || run.isPending} onConfirm={() => pin.mutate()} />
            </Section>
          )}
          <TaskSteps task={task.data} />
          {task.data.error && (
            <Notice tone="down" role="alert" className="mt-3" title={task.data.error}>
              Check again; what was found so far stands above.
            </Notice>
          )}
        </>
      ) : (
        !trouble &&
        taskId === null && (
          <Empty title="No check was started here yet." actions={again}>
            It tests SSH of each node and its host key, Redis through Sentinel, the LiveKit API and HTTP health. It changes
            nothing.
          </Empty>
        )
      )}
      {!task.data && trouble && <div className="mt-3">{again}</div>}
    </>
  );
}

function Trouble({ error }: { error: unknown }) {
  const { title, detail } = problemOf(error);
  return (
    <Notice tone="down" role="alert" className="mb-4" title={`${title.replace(/\.$/, '')}.`}>
      {detail}
    </Notice>
  );
}
