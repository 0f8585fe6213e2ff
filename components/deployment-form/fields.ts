import { SETTINGS_DEFAULTS } from './defaults';

/** What is typed, one string a field. The key is the field's path in the request body, so that an error finds its field. */
export type Values = Record<string, string>;

export type FieldSpec = {
  path: string;
  label: string;
  kind: 'text' | 'number' | 'secret' | 'key' | 'choice' | 'switch' | 'lines' | 'hidden';
  hint?: string;
  /** Taken when the field is left empty, and shown in it. */
  fallback?: string;
  choices?: { value: string; label: string }[];
  mono?: boolean;
  /** Hidden fields keep what was typed but are not sent. */
  show?: (v: Values) => boolean;
};

export type FieldGroup = {
  id: string;
  title: string;
  intro: string;
  /** What stays unknown without it, and how to add it later; shown while the group is empty. */
  without?: string;
  /** Fields that count as "given"; one of them is enough. */
  given?: string[];
  folded?: boolean;
  /** What a folded group says while nothing in it was changed. */
  untouched?: string;
  fields: FieldSpec[];
};

const sshOn = (v: Values) => v['ssh.auth'] === 'key' || v['ssh.auth'] === 'password';
const withKey = (v: Values) => v['ssh.auth'] === 'key';
const withPassword = (v: Values) => v['ssh.auth'] === 'password';
const jumpOn = (v: Values) => sshOn(v) && v['ssh.jump.address'] !== '';

export const PLATFORMS = [
  { value: 'onprem', label: 'On premises (OpenVidu 3.x)' },
  { value: 'aws', label: 'AWS' },
  { value: 'azure', label: 'Azure' },
  { value: 'gcp', label: 'Google Cloud' },
  { value: 'oci', label: 'Oracle Cloud' },
  { value: 'enterprise', label: 'OpenVidu 2.x Enterprise HA' },
];

const PORTS: [keyof typeof SETTINGS_DEFAULTS.ports, string][] = [
  ['ssh', 'SSH'],
  ['redis', 'Redis'],
  ['sentinel', 'Sentinel'],
  ['caddy', 'Caddy (masters)'],
  ['livekit', 'LiveKit (media nodes)'],
  ['mongo', 'MongoDB'],
  ['minio', 'MinIO'],
  ['mimir', 'Mimir'],
  ['loki', 'Loki'],
  ['grafana', 'Grafana'],
  ['egressHealth', 'Egress health'],
  ['ingressHealth', 'Ingress health'],
];

/** The order here is the order on the page: the focus goes to the first that is wrong. */
export const GROUPS: FieldGroup[] = [
  {
    id: 'what',
    title: 'What it is',
    intro: 'Only the name is needed. Everything else can be added later, in the settings of the deployment.',
    fields: [
      { path: 'name', label: 'Name', kind: 'text', hint: 'As people call it, such as Calls EU.' },
      { path: 'slug', label: 'Name in addresses', kind: 'text', mono: true, fallback: 'made from the name' },
      { path: 'platform', label: 'Platform', kind: 'choice', choices: PLATFORMS },
    ],
  },
  {
    id: 'livekit',
    title: 'LiveKit API',
    intro: 'LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET of openvidu.env on any master.',
    without: 'Without it, people in rooms, egress and ingress are unknown.',
    given: ['livekitUrl', 'livekitApiKey', 'secrets.livekitApiSecret'],
    fields: [
      { path: 'domain', label: 'Domain', kind: 'text', mono: true, hint: 'DOMAIN_NAME, without https://.' },
      { path: 'livekitUrl', label: 'LiveKit URL', kind: 'text', mono: true, hint: 'Such as wss://calls.example.com.' },
      { path: 'livekitApiKey', label: 'API key', kind: 'text', mono: true },
      { path: 'secrets.livekitApiSecret', label: 'API secret', kind: 'secret' },
    ],
  },
  {
    id: 'masters',
    title: 'Master nodes',
    intro: 'The private addresses of the four masters. Paste all four into the first field if you have them as a list.',
    without: 'Without them, Redis, the quorums and the services of the masters are unknown.',
    given: ['masters.0', 'masters.1', 'masters.2', 'masters.3'],
    fields: [0, 1, 2, 3].map((i) => ({ path: `masters.${i}`, label: `Master ${i + 1}`, kind: 'text' as const, mono: true })),
  },
  {
    id: 'ssh',
    title: 'SSH',
    intro: 'One user and one key or password for all nodes: root, or a user with sudo without a password.',
    without: 'Without it, the host figures, the containers and their restarts are unknown, and nothing can be operated.',
    given: ['ssh.auth'],
    fields: [
      {
        path: 'ssh.auth',
        label: 'Sign in to the nodes with',
        kind: 'choice',
        choices: [
          { value: 'none', label: 'Not by SSH (add it later)' },
          { value: 'key', label: 'A private key' },
          { value: 'password', label: 'A password' },
        ],
      },
      { path: 'ssh.user', label: 'User', kind: 'text', mono: true, fallback: 'root', show: sshOn },
      { path: 'secrets.sshKey', label: 'Private key', kind: 'key', show: withKey },
      { path: 'secrets.sshKeyPassphrase', label: 'Passphrase of the key', kind: 'secret', show: withKey },
      { path: 'secrets.sshPassword', label: 'Password', kind: 'secret', show: withPassword },
      {
        path: 'ssh.mode',
        label: 'Rights on the nodes',
        kind: 'choice',
        show: sshOn,
        choices: [
          { value: 'full', label: 'Full: observe and operate' },
          { value: 'readonly', label: 'Read only: observe, with the fewest rights' },
        ],
      },
      {
        path: 'ssh.jump.address',
        label: 'Jump host',
        kind: 'text',
        mono: true,
        hint: 'Only when the nodes are reached through another machine.',
        show: sshOn,
      },
      { path: 'ssh.jump.port', label: 'Port of the jump host', kind: 'number', fallback: '22', show: jumpOn },
      { path: 'ssh.jump.user', label: 'User on the jump host', kind: 'text', mono: true, show: jumpOn },
      { path: 'secrets.jumpKey', label: 'Key for the jump host', kind: 'key', show: jumpOn },
      { path: 'secrets.jumpKeyPassphrase', label: 'Passphrase of that key', kind: 'secret', show: jumpOn },
      { path: 'secrets.jumpPassword', label: 'Password for the jump host', kind: 'secret', show: jumpOn },
      {
        path: 'installDir',
        label: 'Install folder',
        kind: 'text',
        mono: true,
        fallback: SETTINGS_DEFAULTS.installDir,
        show: sshOn,
      },
    ],
  },
  {
    id: 'redis',
    title: 'Redis',
    intro: 'REDIS_PASSWORD of master_node.env. The Redis master is found through Sentinel on the four masters.',
    without: 'Without it, which room is on which node is unknown.',
    given: ['secrets.redisPassword'],
    fields: [
      { path: 'secrets.redisPassword', label: 'Redis password', kind: 'secret' },
      { path: 'secrets.sentinelPassword', label: 'Sentinel password', kind: 'secret', hint: 'Only when it differs.' },
      {
        path: 'redisVia',
        label: 'Way to Redis',
        kind: 'choice',
        choices: [
          { value: 'auto', label: 'Direct, else through SSH' },
          { value: 'direct', label: 'Direct only' },
          { value: 'tunnel', label: 'Through SSH of a master only' },
        ],
      },
      { path: 'sentinelMasterName', label: 'Name at Sentinel', kind: 'text', mono: true, fallback: 'asked from Sentinel' },
      { path: 'redisDb', label: 'Database number', kind: 'number', fallback: '0' },
    ],
  },
  {
    id: 'media',
    title: 'Media nodes',
    intro: 'They are found through Redis. Declare those that must be there, so that a missing one is noticed.',
    fields: [
      {
        path: 'mediaNodes',
        label: 'Declared media nodes',
        kind: 'lines',
        mono: true,
        hint: 'One a line: an address, or a name and an address, such as media-1 10.0.0.21.',
      },
    ],
  },
  {
    id: 'ports',
    title: 'Ports',
    intro: 'Only where the installation differs from OpenVidu 3.x. Empty means the default that is shown.',
    folded: true,
    fields: PORTS.map(([key, label]) => ({
      path: `ports.${key}`,
      label,
      kind: 'number' as const,
      fallback: String(SETTINGS_DEFAULTS.ports[key]),
    })),
  },
  {
    id: 'tls',
    title: 'TLS',
    intro: 'How certificates of the deployment are checked.',
    folded: true,
    fields: [
      {
        path: 'tls.verify',
        label: 'Check certificates',
        kind: 'switch',
        hint: 'Turn it off only for a certificate that nobody signed.',
      },
      { path: 'tls.ca', label: 'Own certificate authority (PEM)', kind: 'lines', mono: true },
    ],
  },
  {
    id: 'limits',
    title: 'Limits',
    intro: 'What operations must respect.',
    folded: true,
    fields: [
      {
        path: 'limits.minMediaNodes',
        label: 'Media nodes that must keep serving',
        kind: 'number',
        fallback: String(SETTINGS_DEFAULTS.limits.minMediaNodes),
      },
      { path: 'limits.drainDeadlineMs', label: 'Drain deadline (minutes)', kind: 'number', fallback: 'none' },
      { path: 'limits.soakMs', label: 'Soak after a restart (seconds)', kind: 'number', fallback: '30' },
      {
        path: 'timeZone',
        label: 'Time zone',
        kind: 'text',
        fallback: SETTINGS_DEFAULTS.timeZone,
        hint: 'Such as Europe/Madrid.',
      },
    ],
  },
];

export const FIELDS: FieldSpec[] = GROUPS.flatMap((g) => g.fields);
export const isShown = (f: FieldSpec, v: Values): boolean => f.show?.(v) ?? true;
