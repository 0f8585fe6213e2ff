'use client';

import { useEffect, type ReactNode } from 'react';
import { useLazy } from './use-lazy';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** Whole sentences under the title. */
  description?: ReactNode;
  children?: ReactNode;
  /** The buttons; the last is the act. */
  footer?: ReactNode;
  wide?: boolean;
}

const fetchDialog = () => import('./dialog-part').then((m) => m.DialogPart);

/** Fetches the dialog before it is needed: give it to onPointerEnter and onFocus of the button that opens one. */
export function preloadDialog() {
  void fetchDialog();
}

/** A dialog on a wide screen, a sheet from below on a phone. Focus goes in, stays in, and returns to the opener. */
export function Dialog(props: DialogProps) {
  const { Part, load } = useLazy<DialogProps>(fetchDialog);
  useEffect(() => {
    if (props.open) load();
  }, [props.open, load]);
  return Part && <Part {...props} />;
}
