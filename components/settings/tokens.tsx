'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { problemOf } from '@/components/deployment-form/refusal';
import { Age } from '@/components/live/age';
import { client, orpc } from '@/components/live/client';
import { serverNow } from '@/components/live/clock';
import { explain } from '@/components/live/problem';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { preloadDialog } from '@/components/ui/dialog';
import { Empty, Notice, TableSkeleton } from '@/components/ui/notice';
import { Section } from '@/components/ui/section';
import { StateMark } from '@/components/ui/state-mark';
import { span } from '@/components/ui/format';
import type { TokenView } from '@/lib/contract/access';
import { CreateToken } from './create-token';
import { SCOPES, tokenMark } from './token-state';

/** Tokens for scripts: made here, shown once, listed by their prefix, revoked with one confirmation. */
export function Tokens() {
  const queries = useQueryClient();
  const list = useQuery(orpc.tokens.list.queryOptions());
  const [revoking, setRevoking] = useState<TokenView | null>(null);
  const revoke = useMutation({
    mutationFn: (id: string) => client.tokens.revoke({ id }),
    onSuccess: async () => {
      setRevoking(null);
      await queries.invalidateQueries({ queryKey: orpc.tokens.key() });
    },
  });
  const problem = revoke.error ? problemOf(revoke.error) : null;
  const trouble = list.error ? explain(list.error) : null;
  return (
    <Section
      id="tokens"
      title="API tokens"
      lead="For scripts. A token may do what its scope says, until it expires or is revoked."
      actions={<CreateToken />}
    >
      {trouble && !list.data ? (
        <Notice tone="down" role="alert" title={trouble.title}>
          {trouble.advice}
        </Notice>
      ) : list.isPending ? (
        <TableSkeleton rows={2} label="the tokens" />
      ) : list.data?.items.length === 0 ? (
        <Empty title="No token yet.">
          Make one here, or on the machine that runs Signalbox with{' '}
          <code className="text-ink font-mono">npm run token -- --scope read</code>.
        </Empty>
      ) : (
        <TokenTable tokens={list.data?.items ?? []} onRevoke={setRevoking} />
      )}
      {revoking && (
        <ConfirmDialog
          open
          onOpenChange={(open) => {
            if (open) return;
            setRevoking(null);
            revoke.reset();
          }}
          title={`Revoke ${revoking.name}`}
          act={`Revoke ${revoking.name}`}
          busy={revoke.isPending}
          error={problem ? `${problem.title}. ${problem.detail}` : null}
          onConfirm={() => revoke.mutate(revoking.id)}
        >
          <p>
            Every script that uses <code className="font-mono">{revoking.prefix}…</code> is refused from now on. It cannot be
            taken back; make a new token instead.
          </p>
          <p>
            {revoking.lastUsedAt
              ? `It was last used ${span(serverNow() - Date.parse(revoking.lastUsedAt))} ago.`
              : 'It was never used.'}
          </p>
        </ConfirmDialog>
      )}
    </Section>
  );
}

const head = 'px-3 py-1.5 font-medium';
const cell = 'px-3 py-1.5';

function TokenTable({ tokens, onRevoke }: { tokens: TokenView[]; onRevoke: (token: TokenView) => void }) {
  return (
    <div className="border-line bg-panel overflow-x-auto rounded-lg border" tabIndex={0} role="region" aria-label="API tokens">
      <table className="w-full text-left sm:min-w-[44rem]">
        <thead className="text-soft text-sm">
          <tr>
            <th className={head}>Name</th>
            <th className={`${head} max-sm:hidden`}>Begins with</th>
            <th className={head}>State</th>
            <th className={`${head} max-sm:hidden`}>Scope</th>
            <th className={`${head} max-sm:hidden`}>Expires</th>
            <th className={`${head} max-sm:hidden`}>Last used</th>
            <th className={`${head} max-sm:hidden`}>Made by</th>
            <th className={head}>
              <span className="sr-only">Acts</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((t) => (
            <tr key={t.id} className="border-line h-8 border-t">
              <td className={`${cell} font-medium`}>
                {t.name}
                {/* On a phone the row has two lines instead of more columns. */}
                <span className="text-soft block text-sm font-normal sm:hidden">
                  <code className="font-mono">{t.prefix}…</code> {t.scope}, used <Age at={t.lastUsedAt} />
                </span>
              </td>
              <td className={`${cell} font-mono text-sm whitespace-nowrap max-sm:hidden`}>{t.prefix}…</td>
              <td className={cell}>
                <StateMark mark={tokenMark(t, serverNow())} />
              </td>
              <td className={`${cell} max-sm:hidden`} title={SCOPES.find((s) => s.value === t.scope)?.hint}>
                {t.scope}
              </td>
              <td className={`${cell} whitespace-nowrap max-sm:hidden`}>
                {t.expiresAt === null ? 'never' : new Date(t.expiresAt).toLocaleDateString('en-GB', { dateStyle: 'medium' })}
              </td>
              <td className={`${cell} max-sm:hidden`}>
                <Age at={t.lastUsedAt} />
              </td>
              <td className={`${cell} text-soft max-sm:hidden`}>{t.createdBy}</td>
              <td className={`${cell} text-right`}>
                {t.revokedAt === null && (
                  <Button
                    aria-label={`Revoke ${t.name}`}
                    onPointerEnter={preloadDialog}
                    onFocus={preloadDialog}
                    onClick={() => onRevoke(t)}
                  >
                    Revoke
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
