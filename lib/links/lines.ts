import { StringDecoder } from 'node:string_decoder';

/** Why a line is not whole. */
export type Cut = null | 'too-long' | 'unfinished';

/**
 * Splits a byte stream into lines without ever holding more than one line of `limit` bytes: what is beyond is dropped up
 * to the next newline and the line is given as cut.
 */
export class LineSplitter {
  private held: Buffer[] = [];
  private heldBytes = 0;
  private cut: Cut = null;

  constructor(
    private readonly limit: number,
    private readonly onLine: (line: string, cut: Cut) => void,
  ) {}

  push(chunk: Buffer): void {
    let from = 0;
    for (;;) {
      const newline = chunk.indexOf(10, from);
      this.hold(chunk.subarray(from, newline < 0 ? chunk.length : newline));
      if (newline < 0) return;
      this.flush();
      from = newline + 1;
    }
  }

  /** The rest without a newline: a line that was cut short. */
  end(): void {
    if (this.heldBytes === 0 && !this.cut) return;
    this.cut ??= 'unfinished';
    this.flush();
  }

  private hold(part: Buffer): void {
    const room = this.limit - this.heldBytes;
    if (part.length > room) this.cut = 'too-long';
    if (room <= 0 || part.length === 0) return;
    // A copy: the chunk's memory may be a slice of something large.
    const kept = Buffer.from(part.subarray(0, room));
    this.held.push(kept);
    this.heldBytes += kept.length;
  }

  private flush(): void {
    const line = new StringDecoder('utf8').write(
      this.held.length === 1 && this.held[0] ? this.held[0] : Buffer.concat(this.held),
    );
    const cut = this.cut;
    this.held = [];
    this.heldBytes = 0;
    this.cut = null;
    this.onLine(line, cut);
  }
}
