import type { Conflict } from '@/components/deployment-form/conflict';
import { Notice } from '@/components/ui/notice';

const shown = (value: string) => (value === '' ? 'nothing' : value);

/** After a 412: what someone else changed, and what of it collides with what was typed here. */
export function ChangedMeanwhile({ theirs }: { theirs: Conflict[] }) {
  if (theirs.length === 0) return null;
  return (
    <Notice
      tone="amber"
      role="alert"
      title="Someone changed these settings while you were typing. Nothing of yours was saved yet."
    >
      <ul className="list-disc pl-4">
        {theirs.map((c) => (
          <li key={c.path}>
            <strong className="text-ink font-medium">{c.label}</strong>: {shown(c.was)} became {shown(c.now)}.{' '}
            {c.yours === c.was || c.yours === c.now
              ? 'You had not touched it, so theirs is taken.'
              : `You typed ${shown(c.yours)}; yours is kept and replaces it when you save.`}
          </li>
        ))}
      </ul>
      <p className="mt-1">Look it over, then save again.</p>
    </Notice>
  );
}
