'use client';

import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { problemFrom } from '@/components/live/problem';
import { CopyText } from '@/components/ui/copy';
import { Input } from '@/components/ui/field';
import { Empty, TableSkeleton } from '@/components/ui/notice';
import { PageHeader, Section } from '@/components/ui/section';
import { TroubleNotice } from '@/components/ui/trouble';
import { groupsOf, type Entry, type OpenApi } from './openapi';

const SPEC = '/api/v1/openapi.json';

/** The document is made of the contract, so this page says what the server does. */
async function readSpec(): Promise<OpenApi> {
  const response = await fetch(SPEC, { credentials: 'same-origin' });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemFrom(body, response.status);
  return body as OpenApi; // produced by our own generator, its snapshot is in git
}

export function ApiPage() {
  const spec = useQuery({ queryKey: ['openapi'], queryFn: readSpec, staleTime: Infinity });
  const [filter, setFilter] = useState('');
  const groups = useMemo(() => (spec.data ? groupsOf(spec.data) : []), [spec.data]);
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = groups
    .map((g) => ({
      ...g,
      entries: g.entries.filter((e) => words.every((w) => `${e.method} ${e.path} ${e.title}`.toLowerCase().includes(w))),
    }))
    .filter((g) => g.entries.length > 0);
  return (
    <>
      <PageHeader title="API reference">
        Everything the console does, a script can do. The same as an OpenAPI 3.1 document:{' '}
        <a href={SPEC} className="text-accent underline underline-offset-2">
          openapi.json
        </a>
        .
      </PageHeader>
      <div className="text-soft mb-4 flex max-w-[80ch] flex-col gap-2">
        <p>
          Send a token from the settings in each request. Errors are problem documents (RFC 9457) whose type is stable. Lists page
          by cursor: pass next as cursor.
        </p>
        <CopyText
          block
          label="Copy the example"
          text={`curl -H "Authorization: Bearer $SIGNALBOX_TOKEN" ${origin()}/api/v1/deployments`}
        />
        <p>
          A change of a deployment carries If-Match with the rev that it is based on. A POST may carry an Idempotency-Key: the
          same key has the same effect once.
        </p>
      </div>
      {spec.error && !spec.data && <TroubleNotice error={spec.error} onRetry={() => void spec.refetch()} />}
      {spec.isPending && !spec.error && <TableSkeleton rows={8} label="the reference" />}
      {spec.data && (
        <>
          <Input
            data-filter
            type="search"
            aria-label="Filter the operations"
            placeholder="Filter, such as rooms or POST"
            value={filter}
            onChange={(e) => setFilter(e.target.value)}
            className="mb-4 !h-7 sm:!w-64"
          />
          {shown.length === 0 && <Empty title="No operation matches." />}
          {shown.map((g) => (
            <Section key={g.name} id={g.name} title={g.name}>
              <ul className="border-line bg-panel rounded-lg border">
                {g.entries.map((e) => (
                  <li key={e.id} className="border-line border-b last:border-0">
                    <EntryView entry={e} />
                  </li>
                ))}
              </ul>
            </Section>
          ))}
        </>
      )}
    </>
  );
}

const origin = () => (typeof window === 'undefined' ? '' : window.location.origin);

function EntryView({ entry }: { entry: Entry }) {
  const [open, setOpen] = useState(false);
  return (
    <details id={entry.id} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary className="hover:bg-hover flex flex-wrap items-baseline gap-x-3 px-3 py-1.5">
        <span className="w-14 font-mono text-sm font-medium">{entry.method}</span>
        <code className="min-w-0 font-mono text-sm break-all">{entry.path}</code>
        <span className="text-soft">{entry.title}</span>
      </summary>
      {open && (
        <div className="border-line flex flex-col gap-3 border-t px-3 py-3">
          {entry.description && <p>{entry.description}</p>}
          {entry.parameters.length > 0 && (
            <Part title="Parameters">
              <ul className="flex flex-col gap-1">
                {entry.parameters.map((p) => (
                  <li key={`${p.place} ${p.name}`}>
                    <code className="font-mono text-sm">{p.name}</code>{' '}
                    <span className="text-soft text-sm">
                      {p.place}, {p.type}
                      {p.needed ? ', needed' : ''}
                      {p.description ? `: ${p.description}` : ''}
                    </span>
                  </li>
                ))}
              </ul>
            </Part>
          )}
          {entry.body && (
            <Part title="Body">
              <Code text={entry.body} label={`Body of ${entry.method} ${entry.path}`} />
            </Part>
          )}
          {entry.answers.map((a) => (
            <Part key={a.status} title={`Answer ${a.status}${a.words && a.words !== 'OK' ? `: ${a.words}` : ''}`}>
              {a.body ? (
                <Code text={a.body} label={`Answer ${a.status} of ${entry.method} ${entry.path}`} />
              ) : (
                <p className="text-soft">Without a body.</p>
              )}
            </Part>
          ))}
          {entry.refusals.length > 0 && (
            <p className="text-soft text-sm">Refused with a problem document and {entry.refusals.join(', ')}.</p>
          )}
        </div>
      )}
    </details>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div>
      <h3 className="mb-1 text-sm font-medium">{title}</h3>
      {children}
    </div>
  );
}

function Code({ text, label }: { text: string; label: string }) {
  return (
    <pre
      tabIndex={0}
      role="region"
      aria-label={label}
      className="border-line bg-page max-h-96 overflow-auto rounded-md border px-3 py-2 font-mono text-sm"
    >
      {text}
    </pre>
  );
}
