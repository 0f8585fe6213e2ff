'use client';

import { useEffect } from 'react';
import { toast as sonner, Toaster } from 'sonner';
import { takeToasts, TOAST_EVENT } from './toast-queue';

export function ToasterPart() {
  useEffect(() => {
    const show = () => {
      for (const { text, tone } of takeToasts()) {
        if (tone === 'failed') sonner.error(text);
        else sonner.success(text);
      }
    };
    show();
    window.addEventListener(TOAST_EVENT, show);
    return () => window.removeEventListener(TOAST_EVENT, show);
  }, []);
  return (
    <Toaster
      position="bottom-right"
      theme="system"
      toastOptions={{
        className: '!rounded-md !border-line !bg-raised !text-ink !text-[0.8125rem] !shadow-(--shadow-overlay)',
      }}
    />
  );
}
