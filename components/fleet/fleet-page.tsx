'use client';

import { PlugZap } from 'lucide-react';
import { ADD_HREF } from '@/components/shell/sections';
import { troubleRank, useDeployments } from '@/components/shell/use-deployments';
import { ButtonLink } from '@/components/ui/button';
import { plural } from '@/components/ui/format';
import { Empty, TableSkeleton } from '@/components/ui/notice';
import { PageHeader } from '@/components/ui/section';
import { useSettled } from '@/components/ui/table/settled';
import { TroubleNotice } from '@/components/ui/trouble';
import type { DeploymentView } from '@/lib/contract/inventory';
import { DeploymentRow } from './deployment-row';

/** Is anything wrong anywhere? */
export function FleetPage() {
  const { data, error, refetch } = useDeployments();
  return (
    <>
      <PageHeader
        title="Fleet"
        actions={
          data &&
          data.items.length > 0 && (
            <ButtonLink href={ADD_HREF}>
              <PlugZap size={14} aria-hidden />
              Add a deployment
            </ButtonLink>
          )
        }
      >
        {data && data.items.length > 0 && <p>{fleetSentence(data.items)}</p>}
      </PageHeader>
      {!data && error && <TroubleNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <TableSkeleton label="deployments" rows={3} />}
      {data?.items.length === 0 && <NoDeployments />}
      {data && data.items.length > 0 && <List deployments={data.items} />}
    </>
  );
}

function List({ deployments }: { deployments: DeploymentView[] }) {
  const { settled } = useSettled(deployments, (d) => d.slug, troubleRank);
  const live = new Map(deployments.map((d) => [d.slug, d]));
  const ordered = [...settled].sort((a, b) => troubleRank(a) - troubleRank(b) || a.name.localeCompare(b.name));
  return (
    <ul aria-label="Deployments" className="border-line bg-panel overflow-hidden rounded-lg border">
      {ordered.map((d) => (
        <DeploymentRow key={d.slug} deployment={live.get(d.slug) ?? d} />
      ))}
    </ul>
  );
}

export function fleetSentence(all: DeploymentView[]): string {
  const of = (status: DeploymentView['status']) => all.filter((d) => d.status === status).length;
  if (of('UP') === all.length) return all.length === 1 ? 'The deployment is up.' : `All ${all.length} deployments are up.`;
  const parts = [
    [of('DOWN'), 'down'],
    [of('UNSTABLE'), 'unstable'],
    [of('UNKNOWN'), 'unknown'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${n === 1 ? 'is' : 'are'} ${word}`);
  return `Of ${plural(all.length, 'deployment')} ${said.join(', ')}${of('UP') > 0 ? `, ${of('UP')} up` : ''}.`;
}

function NoDeployments() {
  return (
    <Empty
      title="No deployment is watched yet."
      actions={
        <ButtonLink kind="primary" href={ADD_HREF}>
          Add a deployment
        </ButtonLink>
      }
    >
      <p>
        The address of one master node, an SSH user and a key are enough: Signalbox reads that node and fills in the other
        masters, the media nodes and the passwords. With only the LiveKit URL and its API key it shows rooms and egress, and says
        what is missing for the rest.
      </p>
      <p className="mt-2">
        To look around first, stop Signalbox and run <code className="text-ink font-mono">npm run demo</code>: it builds a whole
        deployment on this machine, with live rooms.
      </p>
    </Empty>
  );
}
