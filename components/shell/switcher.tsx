'use client';

import { ChevronsUpDown } from 'lucide-react';
import { STATUS_MARKS } from '@/components/ui/marks';
import { Menu, type MenuItem } from '@/components/ui/menu';
import { StateMark } from '@/components/ui/state-mark';
import type { DeploymentView } from '@/lib/contract/inventory';
import { ADD_HREF } from './sections';
import { troubleRank } from './use-deployments';

/** The deployment that is looked at; opens the list of all, the troubled first. */
export function Switcher({ deployments, current }: { deployments: DeploymentView[]; current: DeploymentView | undefined }) {
  const items: MenuItem[] = [
    ...[...deployments]
      .sort((a, b) => troubleRank(a) - troubleRank(b) || a.name.localeCompare(b.name))
      .slice(0, 30)
      .map((d) => ({ label: <Named deployment={d} />, href: `/d/${d.slug}` })),
    ...(deployments.length > 0 ? (['separator'] as const) : []),
    { label: 'Add a deployment', href: ADD_HREF },
  ];
  return (
    <Menu label="Switch deployment" items={items} className="w-full !justify-between !px-2">
      {current ? <Named deployment={current} /> : <span className="text-soft">Choose a deployment</span>}
      <ChevronsUpDown size={13} aria-hidden className="text-soft shrink-0" />
    </Menu>
  );
}

function Named({ deployment }: { deployment: DeploymentView }) {
  return (
    <span className="flex min-w-0 items-center gap-2">
      <StateMark mark={STATUS_MARKS[deployment.status]} short />
      <span className="max-w-44 truncate">{deployment.name}</span>
    </span>
  );
}
