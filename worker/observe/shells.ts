import { LinkError } from '@/lib/links/errors';
import { openShell, type Shell } from '@/lib/links/shell';
import { sshTarget } from '@/lib/links/targets';
import type { Inventory } from './links';

/** One SSH connection a node, opened by whoever needs it first: the stream, a tunnel, a probe. */
export class Shells {
  private readonly open = new Map<string, Shell>();
  private readonly opening = new Map<string, Promise<Shell>>();
  private closed = false;

  constructor(private readonly inventory: Inventory) {}

  /** @throws LinkError */
  async to(address: string): Promise<Shell> {
    const there = this.open.get(address);
    if (there) return there;
    const pending = this.opening.get(address) ?? this.connect(address);
    this.opening.set(address, pending);
    try {
      return await pending;
    } finally {
      this.opening.delete(address);
    }
  }

  /** What is open now; masters first, because everything inside is open to them. */
  *now(): Iterable<Shell> {
    const masters = new Set(this.inventory.settings.masters);
    for (const [address, shell] of this.open) if (masters.has(address)) yield shell;
    for (const [address, shell] of this.open) if (!masters.has(address)) yield shell;
  }

  has(address: string): Shell | null {
    return this.open.get(address) ?? null;
  }

  close(): void {
    this.closed = true;
    for (const shell of this.open.values()) shell.close();
  }

  private async connect(address: string): Promise<Shell> {
    const { settings, secrets, unopened, hostKeys } = this.inventory;
    const lost = unopened.sshKey ?? unopened.sshPassword ?? unopened.sshKeyPassphrase;
    if (lost) throw new LinkError(`The stored SSH secret cannot be used: ${lost}.`);
    const shell = await openShell(sshTarget(settings, secrets, hostKeys, address));
    if (this.closed) {
      shell.close();
      throw new LinkError('The link was closed.');
    }
    this.open.set(address, shell);
    shell.onClose(() => {
      if (this.open.get(address) === shell) this.open.delete(address);
    });
    return shell;
  }
}
