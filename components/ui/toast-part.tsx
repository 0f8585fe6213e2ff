'use client';

import { useEffect } from 'react';
import { toast as sonner, Toaster } from 'sonner';
import { takeToasts, type ToasterProps } from './toast';

export function ToasterPart({ event }: ToasterProps) {
  useEffect(() => {
    const show = () => {
      for (const { text, tone } of takeToasts()) {
        if (tone === 'failed') sonner.error(text);
        else sonner.success(text);
      }
    };
    show();
    window.addEventListener(event, show);
    return () => window.removeEventListener(event, show);
  }, [event]);
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
