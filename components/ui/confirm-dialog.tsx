'use client';

import { useState, type ReactNode } from 'react';
import { Button } from './button';
import { Dialog } from './dialog';
import { Field, Input } from './field';
import { Notice } from './notice';

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What happens, in which order, and who is affected. */
  children: ReactNode;
  /** The act and its size, such as "Forget media-2". */
  act: string;
  /** What must be typed before the button may be pressed; left out: nothing. */
  typed?: string;
  danger?: boolean;
  busy?: boolean;
  error?: string | null;
  onConfirm: () => void;
}

/** The plan of an act, and the button that does it. */
export function ConfirmDialog({ typed, act, danger = true, busy, error, onConfirm, children, ...rest }: ConfirmProps) {
  const [text, setText] = useState('');
  const guard = typed !== undefined && text.trim() !== typed ? `Type ${typed} first.` : null;
  const footer = (
    <>
      <Button onClick={() => rest.onOpenChange(false)}>Cancel</Button>
      <Button kind={danger ? 'danger' : 'primary'} guard={guard} busy={busy ?? false} onClick={onConfirm}>
        {act}
      </Button>
    </>
  );
  return (
    <Dialog {...rest} footer={footer}>
      <div className="flex flex-col gap-3">
        {children}
        {typed !== undefined && (
          <Field
            label={
              <>
                Type <code className="font-mono">{typed}</code> to confirm
              </>
            }
          >
            {(a) => <Input {...a} value={text} autoComplete="off" spellCheck={false} onChange={(e) => setText(e.target.value)} />}
          </Field>
        )}
        {error && (
          <Notice tone="down" role="alert">
            {error}
          </Notice>
        )}
      </div>
    </Dialog>
  );
}
