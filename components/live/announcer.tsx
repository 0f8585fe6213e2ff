'use client';

import { useEffect, useState } from 'react';

const EVENT = 'signalbox:announce';

/** Changes of status, said politely to screen readers. */
export function announce(sentence: string) {
  window.dispatchEvent(new CustomEvent(EVENT, { detail: sentence }));
}

/** Once a page. */
export function Announcer() {
  const [said, setSaid] = useState('');
  useEffect(() => {
    const listen = (event: Event) => {
      if (event instanceof CustomEvent && typeof event.detail === 'string') setSaid(event.detail);
    };
    window.addEventListener(EVENT, listen);
    return () => window.removeEventListener(EVENT, listen);
  }, []);
  return (
    <div aria-live="polite" aria-atomic className="sr-only">
      {said}
    </div>
  );
}
