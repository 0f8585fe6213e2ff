'use client';

import { Ellipsis } from 'lucide-react';
import Link from 'next/link';
import { cx } from '@/components/ui/cx';
import { Menu, type MenuItem } from '@/components/ui/menu';
import { signOut, useThemeItems } from './account-menu';
import { API_REFERENCE, FLEET, isCurrent, sectionsOf, SETTINGS, type Section } from './sections';

/** Below 1024 px: four places under the thumb; the rest is in "More". */
export function BottomBar({ pathname, slug, onPalette }: { pathname: string; slug: string | null; onPalette: () => void }) {
  const themes = useThemeItems();
  const own = slug ? sectionsOf(slug) : null;
  const shown: Section[] = own ? [FLEET, own[0], own[1]] : [FLEET, SETTINGS];
  const more: MenuItem[] = [
    { label: 'Jump to…', onSelect: onPalette },
    ...[...(own ? [...own.slice(2), SETTINGS] : []), API_REFERENCE].map(({ label, href }) => ({ label, href })),
    'separator',
    ...themes,
    'separator',
    { label: 'Sign out', onSelect: () => void signOut() },
  ];
  return (
    <nav
      aria-label="Sections"
      className="border-line bg-panel fixed inset-x-0 bottom-0 z-30 flex h-[calc(3.25rem+env(safe-area-inset-bottom))] border-t pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      {shown.map((section) => {
        const here = isCurrent(section, pathname);
        const Icon = section.icon;
        return (
          <Link
            key={section.href}
            href={section.href}
            aria-current={here ? 'page' : undefined}
            className={cx(
              'flex flex-1 flex-col items-center justify-center gap-0.5 text-sm',
              here ? 'text-accent font-medium' : 'text-soft',
            )}
          >
            <Icon size={18} aria-hidden />
            {section.label}
          </Link>
        );
      })}
      <Menu label="More" items={more} kind="quiet" className="!flex h-full flex-1 !flex-col !gap-0.5 text-sm font-normal">
        <Ellipsis size={18} aria-hidden />
        More
      </Menu>
    </nav>
  );
}
