import { cx } from './cx';
import type { Mark } from './marks';

/** Shape, word and colour. `short` hides the word from the eye only, for cells of a matrix. */
export function StateMark({ mark, short = false, className }: { mark: Mark; short?: boolean; className?: string }) {
  return (
    <span className={cx('state-mark inline-flex items-center gap-1.5 whitespace-nowrap', mark.tone, className)}>
      <span aria-hidden className="inline-block w-[1em] text-center font-mono leading-none">
        {mark.shape}
      </span>
      <span className={cx(mark.tone !== 'text-unknown' && 'state-word', short && 'sr-only')}>{mark.word}</span>
    </span>
  );
}
