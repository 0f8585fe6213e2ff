'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { CopyText } from '@/components/ui/copy';
import { Dialog, preloadDialog } from '@/components/ui/dialog';
import { curlOf } from './curl';

/** The same act as a shell line. It is made when the dialog opens, from what is typed then. */
export function CurlButton({ request }: { request: () => Parameters<typeof curlOf>[0] }) {
  const [line, setLine] = useState<string | null>(null);
  const secrets = line?.includes('jq -n');
  return (
    <>
      <Button onPointerEnter={preloadDialog} onFocus={preloadDialog} onClick={() => setLine(curlOf(request()))}>
        Copy as curl
      </Button>
      <Dialog
        wide
        open={line !== null}
        onOpenChange={(open) => !open && setLine(null)}
        title="The same as a command"
        description={
          secrets
            ? 'It needs a token of scope admin in $SIGNALBOX_TOKEN and the secrets in the variables that are named; jq puts them in.'
            : 'It needs a token of scope admin in $SIGNALBOX_TOKEN.'
        }
      >
        <CopyText block text={line ?? ''} label="Copy the command" />
      </Dialog>
    </>
  );
}
