const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 60_000;
const LONG_RUN_MS = 10_000;

/**
 * What becomes of a container whose process ended (moby restartmanager and daemon/monitor.go), pure.
 * `leaveDown` is set by stop, by kill -9 and by kill with the container's own stop signal: nothing starts again after these.
 * A kill with another signal only counts as "stopped by hand": `always` starts it again, `on-failure` does on an exit code.
 * @param {{Name: string, MaximumRetryCount: number}} policy
 * @returns {number | undefined} delay before the next start in ms; undefined: stays down
 */
export function restartDelay(policy, { exitCode, leaveDown, stoppedByHand, restarts, ranMs, lastDelayMs }) {
  if (leaveDown || !mayRestart(policy, { exitCode, stoppedByHand, restarts })) return undefined;
  if (ranMs >= LONG_RUN_MS || !lastDelayMs) return FIRST_DELAY_MS;
  return Math.min(LONGEST_DELAY_MS, lastDelayMs * 2);
}

function mayRestart(policy, { exitCode, stoppedByHand, restarts }) {
  switch (policy.Name) {
    case 'always':
      return true;
    case 'unless-stopped':
      return !stoppedByHand;
    case 'on-failure':
      return exitCode !== 0 && (policy.MaximumRetryCount === 0 || restarts < policy.MaximumRetryCount);
    default:
      return false;
  }
}
