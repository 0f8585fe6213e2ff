export const NEVER: string;
export function stamp(nanos?: bigint): string;
export function instant(text: string, now?: number): number;
export function humanDuration(ms: number): string;
