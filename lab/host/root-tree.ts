import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from '@/lab/machine/process';
import type { Account } from '@/lab/state';

const here = dirname(fileURLToPath(import.meta.url));
const FOLDERS = [
  'dev', 'sys', 'proc', 'usr', 'local/bin', 'local/sbin', 'local/lib', 'local/share', 'etc/ssh', 'etc/sudoers.d', 'etc/systemd/system', 'home', 'mnt', 'opt', 'root/.ssh', 'srv',
  'run/lab/bin', 'run/lab/repo/lab', 'run/lab/repo/node_modules', 'run/lab/sims', 'run/lab/state', 'tmp', 'var/lib', 'var/log/openvidu', 'var/tmp',
  // Mount points inside the otherwise empty image.
  ...['usr', 'lib', 'lib64', 'bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'run/lab', 'opt/openvidu', 'var/log/openvidu'].map((dir) => `run/lab/image/${dir}`),
]; // prettier-ignore

export const write = (root: string, path: string, text: string, mode?: number) => {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  if (mode !== undefined) chmodSync(file, mode);
};

const lineOf = (file: string, user: string) => {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(`${user}:`));
  } catch {
    return [];
  }
};

/** The parts of a host's file tree that every Linux machine has; /usr and the libraries come by mounts (init.sh). */
export function makeRootTree(root: string, accounts: readonly Account[], sudoers: readonly string[]): void {
  for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true });
  symlinkSync('/run', join(root, 'var/run'));
  for (const folder of ['tmp', 'var/tmp', 'run/lab/image/tmp']) chmodSync(join(root, folder), 0o1777);
  for (const file of ['bin/node', 'bin/livekit-server', 'boot_id']) writeFileSync(join(root, 'run/lab', file), '');
  const script = (from: string, to: string) => {
    copyFileSync(join(here, from), join(root, to));
    chmodSync(join(root, to), 0o755);
  };
  script('boot.sh', 'run/lab/boot');
  script('systemctl.sh', 'run/lab/bin/systemctl');
  script('systemctl.sh', 'local/bin/systemctl');
  writeFileSync(join(root, 'run/lab/repo/package.json'), '{ "type": "module" }\n');
  const users = [...lineOf('/etc/passwd', 'sshd'), 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin'];
  const entry = (a: Account) => `${a.name}:x:${a.uid}:${a.uid}:${a.name}:${a.home}:/bin/bash`;
  write(root, 'etc/passwd', [...accounts.map(entry), ...users, ''].join('\n'));
  write(root, 'etc/group', [...accounts.map((a) => `${a.name}:x:${a.uid}:`), 'tty:x:5:', 'nogroup:x:65534:', ''].join('\n'));
  write(root, 'etc/shadow', [...accounts.map((a) => `${a.name}:${a.passwordHash}:19000:0:99999:7:::`), ''].join('\n'), 0o600);
  write(root, 'etc/nsswitch.conf', 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n');
  write(root, 'etc/hosts', '127.0.0.1 localhost\n');
  write(root, 'etc/machine-id', `${randomUUID().replaceAll('-', '')}\n`);
  write(
    root,
    'etc/systemd/system/openvidu.service',
    '[Unit]\nDescription=OpenVidu\n\n[Service]\nType=oneshot\nRemainAfterExit=yes\n\n[Install]\nWantedBy=multi-user.target\n',
  );
  write(
    root,
    'etc/sudoers',
    'Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\nroot ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n',
    0o440,
  );
  write(root, 'etc/sudoers.d/observer', sudoers.map((rule) => `observer ${rule}\n`).join(''), 0o440);
  for (const account of accounts) write(root, join(account.home, '.ssh/authorized_keys'), `${account.publicKey}\n`, 0o644);
}

/** SSH server of one host (ssh-server.sh says where it listens): its own key, keys and (for the observer) passwords, the product's usual PATH. */
export function sshdConfig(users: readonly string[]): string {
  return [
    'HostKey /etc/ssh/ssh_host_ed25519_key',
    'PidFile /run/sshd.pid',
    'UsePAM no',
    'StrictModes no',
    'UseDNS no',
    'PrintMotd no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication yes',
    'AuthorizedKeysFile .ssh/authorized_keys',
    `AllowUsers ${users.join(' ')}`,
    'MaxStartups 100:30:200',
    'MaxSessions 64',
    'SetEnv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

/**
 * What an ordinary user's host needs around it (outer.sh): a passwd in which the user is called root, the SSH server's config
 * and the pipe by which it is asked to start anew. `uid` and `gid` are the user's own.
 */
export async function makeOuter(root: string, uid: number, gid: number): Promise<void> {
  const outer = join(root, 'run/lab/outer');
  write(root, 'run/lab/outer/passwd', `root:x:${uid}:${gid}:root:/mnt/root:/bin/sh\n`);
  write(root, 'run/lab/outer/shadow', 'root:*:19000:0:99999:7:::\n', 0o600);
  write(root, 'run/lab/outer/enter', readFileSync(join(here, 'enter.sh'), 'utf8'), 0o755);
  const config = sshdConfig(['root'])
    .replace('/etc/ssh/ssh_host', '/mnt/etc/ssh/ssh_host')
    .replace('PidFile /run/sshd.pid', 'PidFile none')
    .replace('AuthorizedKeysFile .ssh/authorized_keys', 'AuthorizedKeysFile /mnt/root/.ssh/authorized_keys')
    .replace('PasswordAuthentication yes', 'PasswordAuthentication no')
    .replace(/^SetEnv .*\n/m, '')
    .replace(/^Subsystem .*\n/m, 'ForceCommand /bin/sh /mnt/run/lab/outer/enter\n');
  write(root, 'etc/ssh/sshd_outer_config', config);
  await must('mkfifo', ['-m', '600', join(outer, 'again')]);
}
