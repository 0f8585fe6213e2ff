import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DeploymentCreate, DeploymentSettings, DeploymentUpdate } from '@/lib/contract/inventory';
import { createBody, updateBody } from './bodies';
import { rebase } from './conflict';
import { curlOf } from './curl';
import { SETTINGS_DEFAULTS } from './defaults';
import { firstWrong, placeErrors } from './errors';
import { FIELDS } from './fields';
import { pasteMasters, splitPasted } from './masters';
import { lookAtKey } from './ssh-key';
import { EMPTY, settingsOf, valuesOf } from './values';

const hasJq = spawnSync('jq', ['--version']).status === 0;

const FULL = DeploymentSettings.parse({
  domain: 'calls.example.com',
  livekitUrl: 'wss://calls.example.com',
  livekitApiKey: 'API1',
  masters: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'],
  ssh: { user: 'ops', auth: 'password', mode: 'readonly', jump: { address: 'jump.example.com', port: 2222, user: 'j' } },
  redisVia: 'tunnel',
  sentinelMasterName: 'openvidu',
  redisDb: 2,
  ports: { ssh: 2200, grafana: 3001 },
  tls: { verify: false, ca: 'PEM' },
  installDir: '/srv/openvidu',
  timeZone: 'Europe/Madrid',
  limits: { minMediaNodes: 2, drainDeadlineMs: 600_000, soakMs: 5_000 },
});

describe('the form', () => {
  it('shows the defaults of the contract', () => {
    expect(SETTINGS_DEFAULTS).toEqual(DeploymentSettings.parse({}));
  });

  it('gives back every setting as it was', () => {
    expect(settingsOf(valuesOf(FULL))).toEqual({ settings: FULL, errors: {} });
    expect(settingsOf(EMPTY)).toEqual({ settings: SETTINGS_DEFAULTS, errors: {} });
  });

  it('has a field for every setting and every secret of the contract', () => {
    const paths = FIELDS.map((f) => f.path);
    for (const key of Object.keys(DeploymentCreate.shape))
      if (!['discoverTaskId', 'confirmHostKeys'].includes(key))
        expect(
          paths.some((p) => p === key || p.startsWith(`${key}.`)),
          key,
        ).toBe(true);
    for (const kind of DeploymentCreate.shape.secrets.unwrap().keyType.options) expect(paths).toContain(`secrets.${kind}`);
  });

  it('sends a name alone when nothing else was typed, and the contract takes it', () => {
    const { body } = createBody({ ...EMPTY, name: ' Calls EU ' });
    expect(body).toEqual({ name: 'Calls EU', platform: 'onprem' });
    expect(DeploymentCreate.parse(body).installDir).toBe('/opt/openvidu');
  });

  it('never sends a secret of a way to sign in that is not chosen', () => {
    const typed = { ...EMPTY, name: 'x', 'ssh.auth': 'key', 'secrets.sshKey': 'KEY', 'secrets.sshPassword': 'left from before' };
    expect(createBody(typed).body.secrets).toEqual({ sshKey: 'KEY' });
    expect(createBody({ ...typed, 'ssh.auth': 'none' }).body.secrets).toBeUndefined();
  });

  it('does not trim a password', () => {
    expect(createBody({ ...EMPTY, 'secrets.redisPassword': ' a b ' }).body.secrets).toEqual({ redisPassword: ' a b ' });
  });

  it('says which port is no number instead of sending it', () => {
    expect(settingsOf({ ...EMPTY, 'ports.redis': '7000x' }).errors).toEqual({
      'ports.redis': 'a port is a number from 1 to 65535',
    });
  });

  it('changes only what was changed', () => {
    const base = { name: 'A', settings: FULL };
    expect(updateBody({ ...valuesOf(FULL), name: 'A' }, base).body).toEqual({});
    const { body } = updateBody({ ...valuesOf(FULL), name: 'A', 'ports.redis': '7100', 'secrets.redisPassword': 'p' }, base);
    expect(body).toEqual({ ports: { ...FULL.ports, redis: 7100 }, secrets: { redisPassword: 'p' } });
    expect(DeploymentUpdate.safeParse(body).success).toBe(true);
  });
});

describe('errors', () => {
  it('stand beside the field that was typed into, empty masters not counted', () => {
    const v = { ...EMPTY, 'masters.0': 'a', 'masters.2': 'not ok', 'masters.3': 'c' };
    const { fields } = placeErrors([{ field: 'masters.1', detail: 'give an IP address' }], v);
    expect(fields).toEqual({ 'masters.2': 'give an IP address' });
  });

  it('name the line of a wrong media node', () => {
    const v = { ...EMPTY, mediaNodes: '10.0.0.1\n\nmedia 2 bad..' };
    expect(placeErrors([{ field: 'mediaNodes.1.address', detail: 'give an IP address' }], v).fields).toEqual({
      mediaNodes: 'line 3: give an IP address',
    });
  });

  it('are never swallowed: what has no visible field is returned', () => {
    const hidden = { field: 'secrets.sshKey', detail: 'needed' };
    expect(placeErrors([hidden, { field: 'confirmHostKeys.0', detail: 'x' }], EMPTY).elsewhere).toHaveLength(2);
    expect(placeErrors([hidden], { ...EMPTY, 'ssh.auth': 'key' }).fields).toEqual({ 'secrets.sshKey': 'needed' });
  });

  it('send the focus to the first wrong field of the page, an empty master for "four needed"', () => {
    const v = { ...EMPTY, 'masters.0': '10.0.0.1' };
    expect(firstWrong({ 'ports.redis': 'x', masters: '4 needed' }, v)).toBe('masters.1');
    expect(firstWrong({ 'ports.redis': 'x', name: 'give a name' }, v)).toBe('name');
  });
});

describe('a pasted list of masters', () => {
  it('is read from lines, commas, JSON and env files', () => {
    const four = ['10.0.0.1', '10.0.0.2', '10.0.0.3', 'fd00::4'];
    expect(splitPasted('10.0.0.1, 10.0.0.2;10.0.0.3\n fd00::4')).toEqual(four);
    expect(splitPasted('["10.0.0.1","10.0.0.2","10.0.0.3","fd00::4"]')).toEqual(four);
    expect(splitPasted(four.map((a, i) => `MASTER_NODE_${i + 1}_PRIVATE_IP=${a}`).join('\n'))).toEqual(four);
  });

  it('fills the four fields; one address is an ordinary paste; a fifth is not lost', () => {
    expect(pasteMasters(EMPTY, 'masters.0', '10.0.0.1')).toBeNull();
    expect(pasteMasters(EMPTY, 'masters.2', 'a b c d')).toMatchObject({ 'masters.0': 'a', 'masters.3': 'd' });
    expect(pasteMasters(EMPTY, 'masters.0', 'a b c d e')).toMatchObject({ 'masters.3': 'd e' });
  });
});

describe('a key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const plain = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const sealed = privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' }).toString();
  const openssh = (cipher: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(cipher.length);
    const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), length, Buffer.from(cipher), Buffer.alloc(64)]).toString(
      'base64',
    );
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
  };

  it('asks for its passphrase when it is encrypted, in PEM and in the format of OpenSSH', () => {
    expect(lookAtKey(plain)).toEqual({ kind: 'private', encrypted: false });
    expect(lookAtKey(sealed)).toEqual({ kind: 'private', encrypted: true });
    expect(lookAtKey(openssh('none'))).toEqual({ kind: 'private', encrypted: false });
    expect(lookAtKey(openssh('aes256-ctr'))).toEqual({ kind: 'private', encrypted: true });
  });

  it('that is public, cut off or something else is named as such', () => {
    expect(lookAtKey('ssh-ed25519 AAAAC3Nza me@host')).toMatchObject({ kind: 'wrong' });
    expect(lookAtKey(plain.slice(0, -20))).toMatchObject({ kind: 'wrong' });
    expect(lookAtKey('hunter2')).toMatchObject({ kind: 'wrong' });
    const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(lookAtKey(pkcs8)).toMatchObject({ kind: 'wrong', sentence: expect.stringContaining('ssh-keygen -p') });
    expect(lookAtKey(publicKey.export({ type: 'spki', format: 'pem' }).toString())).toMatchObject({ kind: 'wrong' });
  });
});

describe('after a change by someone else', () => {
  it('what I typed stays, what I left alone is theirs, and both are named', () => {
    const base = { ...EMPTY, name: 'A', domain: 'a.example.com', timeZone: 'UTC' };
    const now = { ...base, name: 'B', domain: 'b.example.com' };
    const mine = { ...base, name: 'C', timeZone: 'Europe/Madrid' };
    const { values, theirs, both } = rebase(base, now, mine);
    expect(values).toMatchObject({ name: 'C', domain: 'b.example.com', timeZone: 'Europe/Madrid' });
    expect(theirs.map((c) => c.path)).toEqual(['name', 'domain']);
    expect(both).toEqual([{ path: 'name', label: 'Name', was: 'A', now: 'B', yours: 'C' }]);
  });
});

describe('copy as curl', () => {
  const nasty = `it's "q" $(id) \`id\` \\(1) <b>`;

  it('holds no secret, only a placeholder', () => {
    const line = curlOf({
      method: 'POST',
      url: 'http://h/api/v1/deployments',
      body: { name: 'x', secrets: { redisPassword: 'canary' } },
    });
    expect(line).not.toContain('canary');
    expect(line).toContain('"$REDIS_PASSWORD"');
  });

  it('sends exactly the body, whatever characters it holds', () => {
    const line = curlOf({ method: 'POST', url: 'http://h/', body: { name: nasty } });
    expect(JSON.parse(sentBy(line, {}))).toEqual({ name: nasty });
  });

  // jq is what the shown line needs; where it is missing there is nothing to run.
  it.skipIf(!hasJq)(`puts a key of many lines in as it is${hasJq ? '' : ' (skipped: jq is not installed)'}`, () => {
    const line = curlOf({
      method: 'POST',
      url: 'http://h/',
      body: { name: nasty, secrets: { sshKey: 'x', redisPassword: 'y' } },
    });
    const env = { SSH_KEY: 'line 1\nline 2 "q"\n', REDIS_PASSWORD: nasty };
    expect(JSON.parse(sentBy(line, env))).toEqual({
      name: nasty,
      secrets: { sshKey: env.SSH_KEY, redisPassword: env.REDIS_PASSWORD },
    });
  });
});

/** Runs the line with a `curl` that prints what -d was given. */
function sentBy(line: string, env: Record<string, string>): string {
  const curl = 'curl() { for a; do last="$a"; done; if [ "$last" = @- ]; then cat; else printf %s "$last"; fi; }';
  return execFileSync('sh', ['-c', `${curl}\n${line}`], { env: { ...process.env, ...env } }).toString();
}
