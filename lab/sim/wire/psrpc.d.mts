export function channel(...parts: string[]): string;
