'use client';

import { useCallback, useState, type ComponentType } from 'react';

/**
 * A part that is fetched with the first intent (pointer, focus, press) and not with the page: the overlays of Base UI
 * would cost the first load 50 kB. `load` starts fetching; `Part` is null until it is here.
 */
export function useLazy<P>(fetchPart: () => Promise<ComponentType<P>>) {
  const [Part, setPart] = useState<ComponentType<P> | null>(null);
  const load = useCallback(() => {
    void fetchPart().then((found) => setPart(() => found));
  }, [fetchPart]);
  return { Part, load };
}
