export function restartDelay(
  policy: { Name: string; MaximumRetryCount: number },
  end: { exitCode: number; leaveDown: boolean; stoppedByHand: boolean; restarts: number; ranMs: number; lastDelayMs: number },
): number | undefined;
