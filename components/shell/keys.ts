'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { API_REFERENCE, FLEET, sectionsOf, SETTINGS } from './sections';

const HELP_EVENT = 'signalbox:help';
export function openHelp() {
  window.dispatchEvent(new Event(HELP_EVENT));
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** `data-row-link` marks the link of a row, `data-filter` the filter of a page. */
function moveRow(step: 1 | -1) {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row-link]')];
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = rows[at === -1 ? (step === 1 ? 0 : rows.length - 1) : at + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function focusFilter() {
  const filter = document.querySelector<HTMLInputElement>('[data-filter]');
  filter?.focus();
  filter?.select();
  return filter !== null;
}

/** When `g` was pressed, in ms. Not of the effect: a page may change between the two keys. */
let goAt = 0;

/** ⌘K, /, j, k, ? and `g` with a second key within a second. Nothing is taken while one types or a dialog is open. */
export function useKeys({ slug, onPalette, onHelp }: { slug: string | null; onPalette: () => void; onHelp: () => void }) {
  const router = useRouter();
  useEffect(() => {
    const go = (key: string) => {
      const found = [FLEET, SETTINGS, API_REFERENCE, ...(slug ? sectionsOf(slug) : [])].find((section) => section.key === key);
      if (found) router.push(found.href);
      else if (key === 'n' && slug) router.push(`/d/${slug}#nodes`);
      return Boolean(found) || (key === 'n' && slug !== null);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'k' && (event.metaKey || event.ctrlKey) && !event.altKey) {
        event.preventDefault();
        onPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[role="dialog"], [role="menu"]')) return;
      const second = Date.now() - goAt < 1_000;
      goAt = 0;
      if (second && go(event.key)) event.preventDefault();
      else if (event.key === 'g') goAt = Date.now();
      else if (event.key === 'j') moveRow(1);
      else if (event.key === 'k') moveRow(-1);
      else if (event.key === '?') onHelp();
      else if (event.key === '/' && focusFilter()) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    window.addEventListener(HELP_EVENT, onHelp);
    return () => {
      document.removeEventListener('keydown', onKey);
      window.removeEventListener(HELP_EVENT, onHelp);
    };
  }, [router, slug, onPalette, onHelp]);
}
