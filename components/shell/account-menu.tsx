'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { orpc } from '@/components/live/client';
import { Menu, type MenuItem } from '@/components/ui/menu';
import { setTheme, themeOf, THEME_COOKIE, THEMES, type Theme } from '@/components/ui/theme';
import { openHelp } from './keys';

export const THEME_WORDS: Record<Theme, string> = { system: 'Colours of the system', light: 'Light', dark: 'Dark' };

/** Theme choices for a menu. The cookie is read when it is drawn, in the browser only. */
export function useThemeItems(): MenuItem[] {
  const [chosen, setChosen] = useState<Theme | null>(null);
  const now = chosen ?? readTheme();
  return THEMES.map((theme) => ({
    label: THEME_WORDS[theme],
    checked: theme === now,
    onChange: () => {
      setTheme(theme);
      setChosen(theme);
    },
  }));
}

function readTheme(): Theme {
  if (typeof document === 'undefined') return 'system';
  return themeOf(new RegExp(`${THEME_COOKIE}=(\\w+)`).exec(document.cookie)?.[1]);
}

export async function signOut() {
  await fetch('/api/auth/sign-out', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  window.location.assign(new URL('/sign-in', window.location.href));
}

export function AccountMenu() {
  const { data: me } = useQuery(orpc.me.queryOptions({ staleTime: Infinity }));
  const items: MenuItem[] = [
    ...useThemeItems(),
    'separator',
    { label: 'Keyboard', onSelect: openHelp },
    { label: 'Sign out', onSelect: () => void signOut() },
  ];
  return (
    <Menu label="Account and colours" items={items} kind="quiet" className="w-full !justify-start !px-2 font-normal">
      <span className="truncate">{me?.label ?? 'Account'}</span>
    </Menu>
  );
}
