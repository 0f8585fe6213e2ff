'use client';

import { useEffect } from 'react';
import { TOAST_EVENT } from './toast-queue';
import { useLazy } from './use-lazy';

export { toast } from './toast-queue';

const fetchToaster = () => import('./toast-part').then((m) => m.ToasterPart);

/** Once a page, in the shell; the toaster is fetched with the first toast. */
export function Toaster() {
  const { Part, load } = useLazy<object>(fetchToaster);
  useEffect(() => {
    window.addEventListener(TOAST_EVENT, load);
    return () => window.removeEventListener(TOAST_EVENT, load);
  }, [load]);
  return Part && <Part />;
}
