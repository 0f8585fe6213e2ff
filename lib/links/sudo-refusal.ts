import { NotAllowed } from './errors';
import type { SshTarget } from './ssh-target';

/** What sudo said on stderr, as a sentence with advice; null when it did not refuse. */
export function sudoRefusal(stderr: string, target: Pick<SshTarget, 'user' | 'address' | 'mode'>): NotAllowed | null {
  const { user, address } = target;
  if (/^sudo: .*(password is required|no password|terminal is required|no tty present)/im.test(stderr))
    return new NotAllowed(
      `sudo asked for a password on ${address}.`,
      target.mode === 'readonly'
        ? 'Add the sudoers lines that are shown for read-only mode.'
        : `Add "${user} ALL=(ALL) NOPASSWD: ALL" with visudo there, or choose read-only mode.`,
    );
  if (/not (allowed|in the sudoers)/i.test(stderr) && /sudo|sudoers/i.test(stderr))
    return new NotAllowed(`${user} may not use sudo on ${address}.`, `Add "${user} ALL=(ALL) NOPASSWD: ALL" with visudo there.`);
  if (/sudo: (command )?not found|sudo: No such file/i.test(stderr))
    return new NotAllowed(`There is no sudo on ${address}.`, 'Install sudo, or log in as root.');
  if (/must have a tty/i.test(stderr))
    return new NotAllowed(`sudo on ${address} wants a terminal.`, `Add "Defaults:${user} !requiretty" with visudo there.`);
  return null;
}
