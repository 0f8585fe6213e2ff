'use client';

import { useEffect, useState } from 'react';
import { useLazy } from './use-lazy';

export interface TipPartProps {
  anchor: HTMLElement | null;
  text: string;
}

const fetchTip = () => import('./tip-part').then((m) => m.TipPart);

/**
 * One tooltip for the whole page: any element with `data-tip="…"` shows it on hover and on keyboard focus. What it says must
 * also be in the accessible name or text of the element; Escape hides it.
 */
export function TipLayer() {
  const [shown, setShown] = useState<TipPartProps>({ anchor: null, text: '' });
  const { Part, load } = useLazy<TipPartProps>(fetchTip);
  useEffect(() => {
    const hide = () => setShown((was) => (was.anchor ? { ...was, anchor: null } : was));
    const show = (target: EventTarget | null, delayed: boolean) => {
      const anchor = target instanceof Element ? target.closest<HTMLElement>('[data-tip]') : null;
      const text = anchor?.dataset.tip;
      if (!anchor || !text) return hide();
      load();
      window.clearTimeout(timer);
      timer = window.setTimeout(() => setShown({ anchor, text: anchor.dataset.tip ?? text }), delayed ? 350 : 0);
    };
    let timer = 0;
    const over = (e: PointerEvent) => e.pointerType !== 'touch' && show(e.target, true);
    const focus = (e: FocusEvent) => e.target instanceof Element && e.target.matches(':focus-visible') && show(e.target, false);
    const leave = () => {
      window.clearTimeout(timer);
      hide();
    };
    const key = (e: KeyboardEvent) => e.key === 'Escape' && leave();
    const out = (e: PointerEvent) => e.target instanceof Element && e.target.closest('[data-tip]') && leave();
    document.addEventListener('pointerover', over);
    document.addEventListener('pointerout', out);
    document.addEventListener('focusin', focus);
    document.addEventListener('focusout', leave);
    document.addEventListener('keydown', key);
    return () => {
      window.clearTimeout(timer);
      document.removeEventListener('pointerover', over);
      document.removeEventListener('pointerout', out);
      document.removeEventListener('focusin', focus);
      document.removeEventListener('focusout', leave);
      document.removeEventListener('keydown', key);
    };
  }, [load]);
  return Part && <Part {...shown} />;
}
