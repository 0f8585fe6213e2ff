'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { cx } from './cx';

/** Text in the mono face with a button that copies it. `block`: a command or key of its own, may wrap. */
export function CopyText({ text, label = 'Copy', block = false }: { text: string; label?: string; block?: boolean }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = window.setTimeout(() => setCopied(false), 2000);
    return () => window.clearTimeout(timer);
  }, [copied]);
  return (
    <span
      className={cx(
        'inline-flex max-w-full items-center gap-1',
        block && 'border-line bg-page flex justify-between rounded-md border px-2.5 py-1.5',
      )}
    >
      <code className={cx('min-w-0 font-mono text-sm', block ? 'break-all whitespace-pre-wrap' : 'truncate')}>{text}</code>
      <button
        type="button"
        aria-label={copied ? 'Copied' : label}
        data-tip={label}
        className="text-soft hover:bg-hover hover:text-ink grid size-6 shrink-0 place-items-center rounded-sm"
        onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      >
        {copied ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
      </button>
      <span role="status" className="sr-only">
        {copied ? 'Copied' : ''}
      </span>
    </span>
  );
}
