export class Timestamp {
  constructor(seconds: number, increment: number);
  seconds: number;
  increment: number;
}
export function encode(document: Record<string, unknown>): Buffer;
export function decode(buffer: Buffer, start?: number): Record<string, unknown>;
