import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { DeploymentSettings } from '@/lib/contract/inventory';
import { FRESHNESS } from '@/lib/rules/freshness';
import { MATRIX } from './matrix';
import { NODES, type SeedNode } from './nodes';
import { seedWork } from './work';

export interface Connections {
  web: string;
  worker: string;
}

const DETECTED = { version: '3.9.0', modules: ['openviduMeet', 'observability'], configLayout: 'cluster', rtcEngine: 'pion' };
const ago = (min: number) => new Date(Date.now() - min * 60_000).toISOString();

/**
 * A simulated worker for browser tests: one deployment in trouble, one that is up, one that was never read. Inventory is written
 * as the web role, what was observed as the worker role, as in the product. @returns how to stop its clocks
 */
export async function seed({ web, worker }: Connections): Promise<() => Promise<void>> {
  const inventory = await connected(web);
  const observed = await connected(worker);
  const prod = await deployment(inventory, 'prod', 'Production Madrid', {
    domain: 'rtc.example.org',
    masters: NODES.slice(0, 4).map((n) => n.address),
  });
  const staging = await deployment(inventory, 'staging', 'Staging', { domain: 'rtc.staging.example.org' });
  await deployment(inventory, 'frankfurt', 'Frankfurt (being added)', {});

  await state(observed, prod, {
    status: 'UNSTABLE',
    sentence:
      'media-2 is down since 02:41: its 9 rooms were rebuilt on media-1. minio of master-3 restarts: recordings still upload.',
    sinceMin: 7,
    reasons: [
      {
        code: 'node-down',
        severity: 'critical',
        sentence: 'media-2 is down: LiveKit exited with code 137.',
        source: null,
        service: null,
        since: ago(7),
      },
      {
        code: 'quorum-thin',
        severity: 'warning',
        sentence: 'minio runs on 3 of 4 masters. If one more is lost, recordings cannot upload.',
        source: 'stream',
        service: 'minio',
        since: ago(23),
      },
      {
        code: 'undeclared',
        severity: 'info',
        sentence: 'media-3 was found and is not declared.',
        source: 'redis',
        service: null,
        since: ago(96),
      },
    ],
  });
  await state(observed, staging, {
    status: 'UP',
    sentence: 'All 4 masters and 1 media node are up.',
    sinceMin: 60 * 30,
    reasons: [],
  });

  const ids = new Map<string, string>();
  for (const node of NODES) ids.set(node.name, await addNode(inventory, observed, prod, node));
  for (const node of NODES.filter((n) => n.health === 'up' && n.declared)) {
    await addNode(inventory, observed, staging, {
      ...node,
      name: `stage-${node.name}`,
      rooms: 0,
      figures: { ...node.figures, rooms: 0, participants: 0 },
    });
  }
  await declareMissing(inventory, prod);
  await seedWork(observed, prod, ids, NODES);

  const tick = async () => {
    await workerSeen(observed);
    await clocks(observed, [prod, staging]);
  };
  await tick();
  const timer = setInterval(() => void tick().catch(() => undefined), 1_000);
  return async () => {
    clearInterval(timer);
    await inventory.end();
    await observed.end();
  };
}

async function connected(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined); // the server ends first
  await client.connect();
  return client;
}

/** Tasks are taken only while a worker lives. */
async function workerSeen(db: Client) {
  await db.query(
    `INSERT INTO worker_instance (id, host, pid, started_at, seen_at) VALUES ('simulated', 'simulated', 0, now(), now())
     ON CONFLICT (id) DO UPDATE SET seen_at = now()`,
  );
}

async function deployment(db: Client, slug: string, name: string, settings: object): Promise<string> {
  const id = randomUUID();
  await db.query('INSERT INTO deployment (id, slug, name, platform, settings) VALUES ($1, $2, $3, $4, $5)', [
    id,
    slug,
    name,
    'onprem',
    DeploymentSettings.parse(settings),
  ]);
  return id;
}

interface SeedState {
  status: string;
  sentence: string;
  sinceMin: number;
  reasons: object[];
}

async function state(db: Client, id: string, { status, sentence, sinceMin, reasons }: SeedState) {
  await db.query(
    `INSERT INTO deployment_state (deployment_id, status, sentence, since, reasons, quorum, detected, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, now())`,
    [id, status, sentence, ago(sinceMin), JSON.stringify(reasons), MATRIX, DETECTED],
  );
}

async function addNode(inventory: Client, observed: Client, deploymentId: string, node: SeedNode): Promise<string> {
  const id = randomUUID();
  await inventory.query(
    'INSERT INTO node (id, deployment_id, name, role, address, declared, discovered_at) VALUES ($1, $2, $3, $4, $5, $6, now())',
    [id, deploymentId, node.name, node.role, node.address, node.declared],
  );
  const now = new Date().toISOString();
  const since = ago(node.sinceMin);
  await observed.query(
    `INSERT INTO node_state (node_id, deployment_id, health, stage, sentence, since, stage_since, reasons, signals, figures, livekit_node_id, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, now())`,
    [
      id,
      deploymentId,
      node.health,
      node.stage,
      node.sentence,
      since,
      JSON.stringify(node.reasons.map((r) => ({ ...r, since }))),
      JSON.stringify(
        node.signals.map((s) => ({ ...s, readAt: now, okAt: s.state === 'ok' ? now : s.state === 'absent' ? null : since })),
      ),
      { ...node.figures, bootedAt: ago(60 * 24 * 12) },
      node.role === 'media' ? `ND_${node.name.replace('-', '')}aB3` : null,
    ],
  );
  for (const s of node.services) {
    await observed.query(
      `INSERT INTO service_state (node_id, service, deployment_id, state, image, started_at, restart_count, exit_code, oom_killed, since, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())`,
      [
        id,
        s.service,
        deploymentId,
        s.state,
        `docker.io/openvidu/${s.service}:3.9.0`,
        ago(60 * 24 * 4),
        s.restartCount,
        s.exitCode,
        s.oomKilled,
        since,
      ],
    );
  }
  return id;
}

async function declareMissing(db: Client, deploymentId: string) {
  await db.query(
    "INSERT INTO node (id, deployment_id, name, role, address, declared, discovered_at) VALUES ($1, $2, 'media-4', 'media', '10.20.0.24', true, $3)",
    [randomUUID(), deploymentId, ago(60 * 26)],
  );
}

/** Reads go on: the lease is held and every source has just answered, but for SSH of media-3. */
async function clocks(db: Client, ids: string[]) {
  await db.query(
    `INSERT INTO lease (deployment_id, holder, epoch, expires_at) SELECT unnest($1::uuid[]), 'simulated', 1, now() + interval '8 s'
     ON CONFLICT (deployment_id) DO UPDATE SET expires_at = EXCLUDED.expires_at`,
    [ids],
  );
  await db.query(
    `INSERT INTO source_clock (deployment_id, source, read_at, ok_at, exceptions)
     SELECT d, s, now(), now(), CASE WHEN s = 'stream' AND d = $3::uuid THEN $4::jsonb ELSE '{}'::jsonb END FROM unnest($1::uuid[]) AS d, unnest($2::text[]) AS s
     ON CONFLICT (deployment_id, source) DO UPDATE SET read_at = EXCLUDED.read_at, ok_at = EXCLUDED.ok_at, exceptions = EXCLUDED.exceptions`,
    [
      ids,
      Object.keys(FRESHNESS),
      ids[0],
      JSON.stringify({ 'media-3': { okAt: null, error: 'Signalbox has no SSH access to it.' } }),
    ],
  );
}
