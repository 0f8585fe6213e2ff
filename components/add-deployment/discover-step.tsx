'use client';

import { useEffect, useRef, useState } from 'react';
import { CurlButton } from '@/components/deployment-form/curl-button';
import { GroupView } from '@/components/deployment-form/group-view';
import { ConfirmKeys, unconfirmedKeys } from '@/components/deployment-form/host-keys';
import { pressKey, problemOf } from '@/components/deployment-form/refusal';
import { RefusedView } from '@/components/deployment-form/refused-view';
import { SudoersView } from '@/components/deployment-form/sudoers-view';
import { TaskSteps } from '@/components/deployment-form/task-steps';
import { type Form, useFocusOnWrong } from '@/components/deployment-form/use-form';
import { isOver, useTask } from '@/components/deployment-form/use-task';
import { client } from '@/components/live/client';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Section } from '@/components/ui/section';
import type { DiscoverInput, TaskView } from '@/lib/contract/tasks';
import { asFormErrors, DISCOVER_GROUPS, discoverBody } from './discovery';

type Confirmed = DiscoverInput['confirmHostKeys'];

/** Ask, watch link by link, compare the host key, go on by itself when the node was read. */
export function DiscoverStep({ form, onFound }: { form: Form; onFound: (task: TaskView) => void }) {
  const ref = useFocusOnWrong(form);
  const [taskId, setTaskId] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const task = useTask(taskId).data;
  const handedOver = useRef<string | null>(null);
  const running = taskId !== null && (!task || !isOver(task));
  const keys = task && isOver(task) && !task.result ? unconfirmedKeys(task.steps) : [];

  useEffect(() => {
    if (!task?.result || handedOver.current === task.id) return;
    handedOver.current = task.id;
    onFound(task);
  }, [task, onFound]);

  const start = async (confirmed: Confirmed) => {
    const { body, errors } = discoverBody(form.values, confirmed);
    if (Object.keys(errors).length > 0) return form.refuseHere(errors);
    form.clear();
    setSending(true);
    try {
      const started = await client.discover(body, { context: { idempotencyKey: pressKey() } });
      setTaskId(started.id);
    } catch (error) {
      const problem = problemOf(error);
      form.refuse({ ...problem, ...(problem.errors && { errors: asFormErrors(problem.errors) }) });
    } finally {
      setSending(false);
    }
  };

  return (
    <form
      ref={ref}
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        if (!running && !sending) void start([]);
      }}
    >
      {DISCOVER_GROUPS.map((group) => (
        <GroupView key={group.id} group={group} form={form}>
          {group.id === 'discover' && form.values['ssh.mode'] === 'readonly' && <SudoersView values={form.values} />}
        </GroupView>
      ))}
      <div className="border-line flex flex-col gap-3 border-t py-4">
        <RefusedView refused={form.refused} />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" kind="primary" busy={sending || running}>
            {running ? 'Reading the node' : taskId ? 'Discover again' : 'Discover'}
          </Button>
          <CurlButton
            request={() => ({
              method: 'POST',
              url: `${window.location.origin}/api/v1/discover`,
              body: discoverBody(form.values, []).body,
            })}
          />
        </div>
      </div>
      {task && (
        <Section title="What it found so far" className="mb-8">
          <TaskSteps task={task} />
          {task.status === 'failed' && keys.length === 0 && (
            <Notice tone="down" role="alert" className="mt-3" title={task.error ?? 'The discovery ended without a result.'}>
              Change what is wrong above and discover again, or add the deployment by hand: what you typed is kept.
            </Notice>
          )}
          {task.status === 'done' && !task.result && keys.length === 0 && (
            <Notice
              tone="amber"
              className="mt-3"
              title={task.error ?? 'The node was reached, but nothing could be read from it.'}
            >
              Look at the steps above, or add the deployment by hand: what you typed is kept.
            </Notice>
          )}
          {keys.length > 0 && (
            <Section title="Is this the right machine?" lead="Nothing was sent to it yet: no password, no key.">
              <ConfirmKeys
                key={task.id}
                keys={keys}
                busy={sending}
                act="Confirm and read the node"
                onConfirm={() => void start(keys.map(({ endpoint, fingerprint }) => ({ endpoint, fingerprint })))}
              />
            </Section>
          )}
        </Section>
      )}
    </form>
  );
}
