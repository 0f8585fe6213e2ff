import { readFileSync } from 'node:fs';

/**
 * The fixed scripts that may run on a node. Each becomes one constant command line when this module loads; values reach
 * it on stdin only, one a line, so that nothing is ever spliced into a shell line.
 */
export class Script {
  /** Runs as the logged-in user. */
  readonly command: string;
  /** Runs as root: needs passwordless sudo, and never waits for a password. */
  readonly sudoCommand: string;

  private constructor(
    readonly name: string,
    text: string,
  ) {
    // Comments stay here: the node's process list and sudo's log show the rest.
    const code = text.replace(/^\s*#.*\n/gm, '').replace(/^\n+/gm, '');
    const quoted = `'${code.replaceAll("'", `'\\''`)}'`;
    this.command = `exec sh -c ${quoted}`;
    this.sudoCommand = `exec sudo -n sh -c ${quoted}`;
  }

  static load(name: string): Script {
    return new Script(name, readFileSync(new URL(`../../remote/${name}.sh`, import.meta.url), 'utf8'));
  }
}

export const scripts = {
  stream: Script.load('stream'),
  readConfig: Script.load('read-config'),
  probe: Script.load('probe'),
};
