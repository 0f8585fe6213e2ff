'use client';

import { useState } from 'react';
import type { Values } from '@/components/deployment-form/fields';
import { EMPTY } from '@/components/deployment-form/values';
import { useForm } from '@/components/deployment-form/use-form';
import { cx } from '@/components/ui/cx';
import { PageHeader } from '@/components/ui/section';
import type { TaskView } from '@/lib/contract/tasks';
import { ByHand } from './by-hand';
import { DiscoverStep } from './discover-step';
import { foundValues } from './discovery';

type Way = 'discover' | 'hand';

/** Two ways into one form: what was typed or found stays when the way changes. */
export function AddPage({ initial }: { initial: Way }) {
  const [way, setWay] = useState<Way>(initial);
  const [found, setFound] = useState<TaskView | null>(null);
  const form = useForm(forWay(EMPTY, initial));
  const go = (next: Way) => {
    setWay(next);
    form.setValues(forWay(form.values, next));
    // The way can be linked; the page itself stays, and so does what was typed.
    window.history.replaceState(null, '', `/add?by=${next}`);
  };
  return (
    <>
      <PageHeader title="Add a deployment">
        {way === 'discover'
          ? 'One master’s address, a user and a key are enough: Signalbox reads the rest from there.'
          : 'Give what you have. What is missing is shown as unknown, with the way to add it.'}
      </PageHeader>
      <nav aria-label="Ways to add" className="mb-2 flex gap-2">
        <WayButton way="discover" now={way} onGo={go}>
          Discover
        </WayButton>
        <WayButton way="hand" now={way} onGo={go}>
          By hand
        </WayButton>
      </nav>
      {way === 'discover' && !found?.result ? (
        <DiscoverStep
          form={form}
          onFound={(task) => {
            if (!task.result) return;
            const { result } = task;
            form.setValues((v) => foundValues(result, v));
            setFound(task);
          }}
        />
      ) : (
        <ByHand
          // A form that was filled by a discovery is another one than the form by hand: its folded groups open anew.
          key={way}
          form={form}
          found={way === 'discover' ? found : null}
          onAgain={() => setFound(null)}
        />
      )}
    </>
  );
}

/** The discovery needs SSH; by hand it is optional, unless something of it was typed already. */
function forWay(v: Values, way: Way): Values {
  const typed = v['secrets.sshKey'] || v['secrets.sshPassword'];
  if (way === 'discover') return v['ssh.auth'] === 'none' ? { ...v, 'ssh.auth': 'key' } : v;
  return typed ? v : { ...v, 'ssh.auth': 'none' };
}

function WayButton({ way, now, onGo, children }: { way: Way; now: Way; onGo: (way: Way) => void; children: string }) {
  const on = way === now;
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={() => onGo(way)}
      className={cx(
        'min-h-8 rounded-md border px-3 font-medium',
        on ? 'border-accent bg-accent-wash text-ink' : 'border-line bg-panel text-soft hover:bg-hover',
      )}
    >
      {children}
    </button>
  );
}
