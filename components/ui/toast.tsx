'use client';

import { useEffect } from 'react';
import { useLazy } from './use-lazy';

const EVENT = 'signalbox:toast';
export interface ToastMessage {
  text: string;
  tone: 'done' | 'failed';
}
const waiting: ToastMessage[] = [];

/** Says that an act went through. Never the only place of an error: show that where the act was. */
export function toast(text: string, tone: ToastMessage['tone'] = 'done') {
  waiting.push({ text, tone });
  window.dispatchEvent(new Event(EVENT));
}

export function takeToasts(): ToastMessage[] {
  return waiting.splice(0);
}

export interface ToasterProps {
  event: string;
}
const fetchToaster = () => import('./toast-part').then((m) => m.ToasterPart);

/** Once a page, in the shell; the toaster is fetched with the first toast. */
export function Toaster() {
  const { Part, load } = useLazy<ToasterProps>(fetchToaster);
  useEffect(() => {
    window.addEventListener(EVENT, load);
    return () => window.removeEventListener(EVENT, load);
  }, [load]);
  return Part && <Part event={EVENT} />;
}
