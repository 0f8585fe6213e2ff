'use client';

import Link from 'next/link';
import { cx } from '@/components/ui/cx';
import { AccountMenu } from './account-menu';
import { API_REFERENCE, FLEET, isCurrent, sectionsOf, SETTINGS, type Section } from './sections';
import { Switcher } from './switcher';
import { troubled, useDeployments } from './use-deployments';

/** At 1024 px and wider. */
export function Sidebar({ pathname, slug, onPalette }: { pathname: string; slug: string | null; onPalette: () => void }) {
  const { data } = useDeployments();
  const current = data?.items.find((d) => d.slug === slug);
  const inTrouble = data?.items.filter((d) => d.status === 'DOWN' || d.status === 'UNSTABLE').length ?? 0;
  return (
    <div className="border-line bg-panel sticky top-0 hidden h-dvh flex-col border-r lg:flex">
      <div className="flex h-12 items-center justify-between px-3">
        <Link href="/" className="rounded-sm text-lg font-semibold tracking-tight">
          Signalbox
        </Link>
        <button
          type="button"
          onClick={onPalette}
          aria-label="Jump to anything"
          className="border-line text-soft hover:bg-hover hover:text-ink rounded-sm border px-1.5 py-0.5 font-mono text-xs"
        >
          ⌘K
        </button>
      </div>
      <nav aria-label="Sections" className="flex-1 overflow-y-auto px-2 pb-2">
        <ul className="flex flex-col gap-px">
          <Item section={FLEET} pathname={pathname} trouble={inTrouble} of="deployments" />
        </ul>
        <div className="mt-3">
          <Switcher deployments={data?.items ?? []} current={current} />
        </div>
        {slug && (
          <ul className="mt-1 flex flex-col gap-px">
            {sectionsOf(slug).map((section, i) => (
              <Item
                key={section.href}
                section={section}
                pathname={pathname}
                trouble={i === 0 && current ? troubled(current) : 0}
                of="nodes"
              />
            ))}
          </ul>
        )}
      </nav>
      <div className="border-line border-t p-2">
        <ul className="flex flex-col gap-px">
          <Item section={SETTINGS} pathname={pathname} trouble={0} of="" />
          <Item section={API_REFERENCE} pathname={pathname} trouble={0} of="" />
        </ul>
        <AccountMenu />
      </div>
    </div>
  );
}

function Item({ section, pathname, trouble, of }: { section: Section; pathname: string; trouble: number; of: string }) {
  const here = isCurrent(section, pathname);
  const Icon = section.icon;
  return (
    <li>
      <Link
        href={section.href}
        aria-current={here ? 'page' : undefined}
        className={cx(
          'flex h-8 items-center gap-2 rounded-md px-2',
          here ? 'bg-accent-wash text-ink font-medium' : 'text-soft hover:bg-hover hover:text-ink',
        )}
      >
        <Icon size={15} aria-hidden className="shrink-0" />
        <span className="truncate">{section.label}</span>
        {trouble > 0 && (
          <span className="figure text-amber ml-auto inline-flex items-center gap-1 text-sm">
            <span aria-hidden>▲</span>
            {trouble}
            <span className="sr-only"> {of} in trouble</span>
          </span>
        )}
      </Link>
    </li>
  );
}
