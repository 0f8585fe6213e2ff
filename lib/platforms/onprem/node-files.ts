import { BadAnswer } from '@/lib/links/errors';

/** What remote/read-config.sh brought from one node. */
export type NodeFiles = {
  /** Text by path below the install folder. */
  files: Map<string, string>;
  /** Path → why it cannot be read. */
  unreadable: Map<string, string>;
  images: { name: string; image: string }[];
  hostname: string | null;
};

/** @throws BadAnswer when the answer has no end mark: it was cut short */
export function parseNodeFiles(stdout: string): NodeFiles {
  const result: NodeFiles = { files: new Map(), unreadable: new Map(), images: [], hostname: null };
  let open: string | null = null;
  let whole = false;
  for (const line of stdout.split('\n')) {
    if (line.startsWith('+')) {
      if (open) result.files.set(open, `${result.files.get(open) ?? ''}${line.slice(1)}\n`);
      continue;
    }
    const [letter, name = '', ...rest] = line.split(' ');
    open = letter === 'V' ? name : null;
    if (letter === 'V') result.files.set(name, '');
    if (letter === 'X') result.unreadable.set(name, rest.join(' '));
    if (letter === 'I') result.images.push({ name, image: rest.join(' ') });
    if (letter === 'H') result.hostname = name || null;
    if (letter === 'E') whole = true;
  }
  if (!whole) throw new BadAnswer('The node stopped in the middle of its answer.');
  return result;
}

/** KEY=value lines; quotes are taken off, comments and anything else are left out; ${KEY} of the same text is filled in. */
export function parseEnv(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, raw] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (!key || raw === undefined) continue;
    const [, , quoted] = /^(["'])(.*)\1(?:\s+#.*)?$/.exec(raw) ?? [];
    const value = quoted ?? raw.replace(/\s+#.*$/, '');
    values.set(
      key,
      value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => values.get(name) ?? whole),
    );
  }
  return values;
}

/** Numbered keys (MASTER_NODE_1_PRIVATE_IP …) or one comma list, in the order given; each address once. */
export function mastersOf(env: Map<string, string>): string[] {
  const numbered = [1, 2, 3, 4].flatMap((i) => env.get(`MASTER_NODE_${i}_PRIVATE_IP`) || []);
  const lists = [...env]
    .filter(([key]) => /^MASTER_NODES?_PRIVATE_IPS?(_LIST)?$/.test(key))
    .map(([, value]) => value.split(/[\s,]+/).filter(Boolean))
    .filter((list) => list.length > 1);
  return [...new Set(numbered.length > 0 ? numbered : (lists[0] ?? []))];
}

/** From deployment-info.yaml, else from the tag of an OpenVidu image. */
export function versionOf({ files, images }: Pick<NodeFiles, 'files' | 'images'>): string | null {
  const info = /^\s*(?:openvidu_)?version\s*:\s*["']?v?(\d+\.\d+\.\d+[0-9A-Za-z.-]*)/im.exec(
    files.get('deployment-info.yaml') ?? '',
  );
  if (info?.[1]) return info[1];
  const tags = images.map(({ image }) => /(?:^|\/)openvidu\/openvidu-[a-z-]+:v?(\d+\.\d+\.\d+[0-9A-Za-z.-]*)$/.exec(image)?.[1]);
  return tags.find((tag) => tag !== undefined) ?? null;
}
