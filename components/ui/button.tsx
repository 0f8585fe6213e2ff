'use client';

import Link from 'next/link';
import type { ComponentProps } from 'react';
import { cx } from './cx';
import { buttonBase, buttonKinds, type ButtonKind } from './plain-button';

// plain-button.tsx is apart for the page of last resort, which loads with every page and has no links.
export { Button, type ButtonKind } from './plain-button';

export function ButtonLink({ kind = 'normal', className, ...rest }: ComponentProps<typeof Link> & { kind?: ButtonKind }) {
  return <Link {...rest} className={cx(buttonBase, buttonKinds[kind], className)} />;
}
