export type SshAuth = { kind: 'key'; key: string; passphrase?: string } | { kind: 'password'; password: string };

/** Fingerprints (SHA256:…) that were confirmed for this very endpoint; `algorithm` null where only the fingerprint was confirmed. */
export type PinnedKeys = { algorithm: string | null; fingerprint: string }[];

export type SshHop = { address: string; port: number; user: string; auth: SshAuth; pinned: PinnedKeys };

export type SshTarget = SshHop & {
  /** readonly: scripts run as the user and call `sudo -n <exact command>` only. */
  mode: 'full' | 'readonly';
  jump?: SshHop | null;
  /** Milliseconds. Defaults: connect 5000, auth 10000 (handshake and log-in), keepalive 5000 (three unanswered end it). */
  timeouts?: { connect?: number; auth?: number; keepalive?: number };
};
