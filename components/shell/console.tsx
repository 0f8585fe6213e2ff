'use client';

import { usePathname } from 'next/navigation';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { Announcer } from '@/components/live/announcer';
import { LiveProvider } from '@/components/live/live-provider';
import { TipLayer } from '@/components/ui/tip';
import { Toaster } from '@/components/ui/toast';
import { useLazy } from '@/components/ui/use-lazy';
import { BottomBar } from './bottom-bar';
import type { HelpProps } from './help';
import { useKeys } from './keys';
import type { PaletteProps } from './palette';
import { slugOf } from './sections';
import { Sidebar } from './sidebar';
import { StaleBar } from './stale-bar';

const fetchHelp = () => import('./help').then((m) => m.Help);
const fetchPalette = () => import('./palette').then((m) => m.Palette);

/** What surrounds every page behind the sign-in. */
export function Console({ children }: { children: ReactNode }) {
  return (
    <LiveProvider>
      <NuqsAdapter>
        <Frame>{children}</Frame>
      </NuqsAdapter>
    </LiveProvider>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  const slug = slugOf(pathname);
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  const { Part: HelpPart, load: loadHelp } = useLazy<HelpProps>(fetchHelp);
  const { Part: PalettePart, load } = useLazy<PaletteProps>(fetchPalette);
  const onPalette = useCallback(() => setOpen((was) => (was === 'palette' ? null : 'palette')), []);
  const onHelp = useCallback(() => setOpen('help'), []);
  useKeys({ slug, onPalette, onHelp });
  useEffect(() => {
    if (open === 'palette') load();
    if (open === 'help') loadHelp();
  }, [open, load, loadHelp]);
  const place = { pathname, slug, onPalette };
  return (
    <>
      <a href="#content" className="skip-link border-line bg-raised rounded-md border px-3 py-1.5 font-medium">
        Skip to the content
      </a>
      <div className="min-h-dvh lg:grid lg:grid-cols-[13.5rem_minmax(0,1fr)]">
        <Sidebar {...place} />
        <div className="min-w-0 pb-[calc(4.5rem+env(safe-area-inset-bottom))] lg:pb-8">
          <div className="sticky top-0 z-20">
            <StaleBar />
          </div>
          <main id="content" tabIndex={-1} className="mx-auto max-w-[1360px] px-4 py-4 outline-none lg:px-6 lg:py-5">
            {children}
          </main>
        </div>
        <BottomBar {...place} />
      </div>
      {PalettePart && (
        <PalettePart slug={slug} open={open === 'palette'} onOpenChange={(next) => setOpen(next ? 'palette' : null)} />
      )}
      {HelpPart && <HelpPart open={open === 'help'} onOpenChange={(next) => setOpen(next ? 'help' : null)} />}
      <TipLayer />
      <Toaster />
      <Announcer />
    </>
  );
}
