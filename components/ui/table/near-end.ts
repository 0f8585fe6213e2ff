import { useEffect } from 'react';

/** The next page is asked for so many rows before the end. */
const NEAR_END = 40;

/** Asks for more once the last row that is drawn comes near the last that is there. */
export function useNearEnd(lastDrawn: number, count: number, onEnd: (() => void) | undefined) {
  useEffect(() => {
    if (count > 0 && lastDrawn >= 0 && lastDrawn >= count - NEAR_END) onEnd?.();
  }, [lastDrawn, count, onEnd]);
}
