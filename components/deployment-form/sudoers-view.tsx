import type { Values } from './fields';

/** What read-only mode may run on a node. */
export function SudoersView({ values }: { values: Values }) {
  return values['ssh.mode'] === 'readonly' ? null : null;
}
