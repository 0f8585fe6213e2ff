import path from 'node:path';

export const ADMIN = { email: 'operator@signalbox.test', password: 'correct-horse-battery-staple' };

/** Not in git: where the server's addresses and the signed-in browser state of a run are kept. */
export const STATE_DIR = path.join(import.meta.dirname, '.state');
export const SERVER_FILE = path.join(STATE_DIR, 'server.json');
export const SIGNED_IN = path.join(STATE_DIR, 'signed-in.json');
