'use client';

import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { createBody } from '@/components/deployment-form/bodies';
import { CurlButton } from '@/components/deployment-form/curl-button';
import { GROUPS } from '@/components/deployment-form/fields';
import { GroupView } from '@/components/deployment-form/group-view';
import { KeyTable } from '@/components/deployment-form/host-keys';
import { pressKey, problemOf } from '@/components/deployment-form/refusal';
import { RefusedView } from '@/components/deployment-form/refused-view';
import { SudoersView } from '@/components/deployment-form/sudoers-view';
import { type Form, useFocusOnWrong } from '@/components/deployment-form/use-form';
import { client, orpc } from '@/components/live/client';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/field';
import { Section } from '@/components/ui/section';
import type { DeploymentCreate } from '@/lib/contract/inventory';
import type { TaskView } from '@/lib/contract/tasks';
import { foundSecrets } from './discovery';
import { FoundNotice } from './found-notice';

interface ByHandProps {
  form: Form;
  /** A discovery that filled the form. */
  found: TaskView | null;
  onAgain: () => void;
}

/** Every field of a deployment, grouped; only the name is needed. After it is made, its links are checked. */
export function ByHand({ form, found, onAgain }: ByHandProps) {
  const router = useRouter();
  const queries = useQueryClient();
  const ref = useFocusOnWrong(form);
  const [busy, setBusy] = useState(false);
  const [compared, setCompared] = useState(false);
  const hint = useId();
  const result = found?.result ?? null;
  const sealed = result ? foundSecrets(result) : {};
  const extra = () => ({
    ...(found ? { discoverTaskId: found.id } : {}),
    ...(compared && result
      ? { confirmHostKeys: result.hostKeys.map(({ endpoint, fingerprint }) => ({ endpoint, fingerprint })) }
      : {}),
  });

  const create = async () => {
    const { body, errors } = createBody(form.values, extra());
    if (Object.keys(errors).length > 0) return form.refuseHere(errors);
    form.clear();
    setBusy(true);
    try {
      const made = await client.deployments.create(body as DeploymentCreate /* defaults are the server's */, {
        context: { idempotencyKey: pressKey() },
      });
      void queries.invalidateQueries({ queryKey: orpc.deployments.key() });
      // Without a worker the check cannot start now; its page says so and starts it later.
      const check = await client.deployments.check({ slug: made.slug }).catch(() => null);
      router.push(`/d/${made.slug}/settings/check${check ? `?task=${check.id}` : ''}`);
    } catch (error) {
      form.refuse(problemOf(error));
      setBusy(false);
    }
  };

  return (
    <form
      ref={ref}
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        if (!busy) void create();
      }}
    >
      {found && result && <FoundNotice result={result} onAgain={onAgain} />}
      {GROUPS.map((group) => (
        <GroupView key={group.id} group={group} form={form} sealed={sealed}>
          {group.id === 'ssh' && form.values['ssh.mode'] === 'readonly' && form.values['ssh.auth'] !== 'none' && (
            <SudoersView values={form.values} />
          )}
        </GroupView>
      ))}
      {result && result.hostKeys.length > 0 && (
        <Section
          title="Host keys"
          lead="Compare them with the nodes. A node with another key is never spoken to."
          className="border-line border-t py-5"
        >
          <KeyTable keys={result.hostKeys} />
          <Checkbox
            className="mt-3"
            label={`I compared these ${result.hostKeys.length} fingerprints`}
            hint="Without it, the nodes are not reached by SSH until you confirm their keys on the next page."
            checked={compared}
            onChange={(e) => setCompared(e.target.checked)}
          />
        </Section>
      )}
      <div className="border-line flex flex-col gap-3 border-t py-4">
        <RefusedView refused={form.refused} />
        <div className="flex flex-wrap items-center gap-2">
          <Button type="submit" kind="primary" busy={busy} aria-describedby={hint}>
            Add the deployment
          </Button>
          <CurlButton
            request={() => ({
              method: 'POST',
              url: `${window.location.origin}/api/v1/deployments`,
              body: createBody(form.values, extra()).body,
            })}
          />
          <p id={hint} className="text-soft text-sm">
            Then each link is tested. Nothing on the nodes is changed.
          </p>
        </div>
      </div>
    </form>
  );
}
