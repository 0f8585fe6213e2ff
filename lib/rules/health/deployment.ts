import type { DeploymentStatus } from '@/lib/contract/names';
import { isStale, REDIS_GRACE_MS } from '../freshness';
import { type Judged, quorumRows, type QuorumRow } from './quorum';
import { keptSince, settleReasons, sinceWords } from './settle';
import { type DeploymentState, type Finding, finding, type Snapshot } from './snapshot';
import { capital, listed } from './words';

/** A Redis without master for longer than an election takes is lost. */
const ELECTION_MS = 12_000;

/**
 * Status of a deployment from its quorums, with the sentence that page, API, alert and CLI show. DOWN: calls cannot be made.
 * UNSTABLE: they can, but something is lost or one loss away. UNKNOWN: what calls need cannot be seen. `since` is carried over.
 */
export function deriveDeployment(s: Snapshot, nodes: Judged[], before: DeploymentState | null): DeploymentState {
  const rows = quorumRows(s, nodes);
  const { status, findings } = judge(s, nodes, rows);
  const reasons = settleReasons(findings, before?.reasons ?? [], s.now);
  return {
    status,
    reasons,
    quorum: { rows },
    since: keptSince(status, before && { value: before.status, since: before.since }, s.now),
    sentence: sentence(s, nodes, status, reasons),
  };
}

type Verdict = { status: DeploymentStatus; findings: Finding[] };

function judge(s: Snapshot, nodes: Judged[], rows: QuorumRow[]): Verdict {
  const wanted = nodes.filter((n) => n.node.desired === 'serving');
  const masters = mastersFindings(s, wanted, rows);
  const media = mediaFindings(s, wanted);
  const redis = redisFindings(s, rows);
  const others = rows.filter((r) => !['redis-server', 'caddy'].includes(r.service)).flatMap((r) => rowFinding(r, masters.down));
  const caddy = rows
    .filter((r) => r.service === 'caddy' && r.state === 'down')
    .map((r) => finding('caddy-lost', 'critical', trimmed(r), { service: 'caddy' }));
  const nodesHurt = wanted.filter((n) => n.state.health === 'unstable').map((n) => nodeFinding(n));
  const findings = [
    ...redis.findings,
    ...caddy,
    ...media.findings,
    ...masters.findings,
    ...others,
    ...nodesHurt,
    ...unseen(wanted),
  ];

  if (redis.lost || caddy.length > 0 || media.lost || masters.down >= 3) return { status: 'DOWN', findings };
  const api = s.configured.livekit && !isStale('livekit', s.livekit.okAt, s.now) && nodes.length > 0;
  if (!api && (redis.unknown || media.unknown || rows.some((r) => r.service === 'caddy' && r.state === 'unknown')))
    return { status: 'UNKNOWN', findings };
  if (nodes.length === 0) return { status: 'UNKNOWN', findings };
  return { status: findings.some((f) => f.severity === 'critical') ? 'UNSTABLE' : 'UP', findings };
}

function mastersFindings(s: Snapshot, nodes: Judged[], rows: QuorumRow[]): { down: number; findings: Finding[] } {
  const masters = nodes.filter((n) => n.node.role !== 'media');
  const gone = masters.filter((n) => n.state.health === 'down');
  const since = Math.min(...gone.map((n) => Date.parse(n.state.since)));
  const minio = rows.some((r) => r.service === 'minio');
  if (gone.length === 0) return { down: 0, findings: [] };
  const head = `${gone.length} of ${masters.length} masters down`;
  const effect =
    gone.length >= 3
      ? 'service is interrupted until they return'
      : gone.length === 2
        ? minio
          ? 'recordings cannot upload; calls go on'
          : 'calls go on; one more and service is interrupted'
        : `${gone[0]?.node.name ?? 'it'}; calls go on`;
  return {
    down: gone.length,
    findings: [finding('masters-down', 'critical', `${head}: ${effect}`, { since: Number.isFinite(since) ? since : s.now })],
  };
}

function mediaFindings(s: Snapshot, nodes: Judged[]): { lost: boolean; unknown: boolean; findings: Finding[] } {
  const media = nodes.filter((n) => n.node.role !== 'master');
  const serving = media.filter((n) => n.state.stage === 'serving' && (n.state.health === 'up' || n.state.health === 'unstable'));
  const hidden = media.filter((n) => n.state.health === 'unknown');
  const findings = media.filter((n) => n.state.health === 'down').map(nodeFinding);
  const seen = s.configured.redis && !isStale('redis', s.redis.okAt, s.now);
  if (serving.length === 0) {
    const unknown = hidden.length > 0 || (media.length === 0 && !seen) || s.redisFailingSince !== null;
    const sentence =
      media.length === 0 ? 'no media node is in the cluster: no call can start' : 'no media node serves: no call can start';
    return { lost: !unknown, unknown, findings: unknown ? findings : [finding('no-media', 'critical', sentence), ...findings] };
  }
  if (serving.length + hidden.length < s.minMediaNodes) {
    findings.unshift(
      finding('few-media', 'critical', `${serving.length} media nodes serve, at least ${s.minMediaNodes} are wanted`),
    );
  }
  return { lost: false, unknown: false, findings };
}

/** Redis between two masters is named as such, and is no outage until it has lasted. */
function redisFindings(s: Snapshot, rows: QuorumRow[]): { lost: boolean; unknown: boolean; findings: Finding[] } {
  const row = rows.find((r) => r.service === 'redis-server');
  const since = s.redisFailingSince;
  if (s.configured.redis && since !== null) {
    const electing = s.now - since <= ELECTION_MS;
    const dead = row?.state === 'down';
    const sentence =
      dead && !electing
        ? 'Redis has no master: no call can start or move'
        : electing
          ? 'Redis does not answer, Sentinel may be electing: heartbeats are not judged'
          : 'Redis does not answer to Signalbox';
    return {
      lost: dead && !electing,
      unknown: !dead && !electing && row?.state !== 'up' && row?.state !== 'unstable',
      findings: [finding('redis-away', 'critical', sentence, { source: 'redis', since })],
    };
  }
  if (row?.state === 'down')
    return { lost: true, unknown: false, findings: [finding('redis-lost', 'critical', trimmed(row), { service: row.service })] };
  const back = s.configured.redis && s.now < s.redisGraceUntil && s.redisGraceUntil - s.now <= REDIS_GRACE_MS;
  const findings = back ? [finding('redis-back', 'info', 'Redis has just come back', { source: 'redis' })] : [];
  return { lost: false, unknown: row !== undefined && row.state === 'unknown', findings };
}

function rowFinding(r: QuorumRow, mastersDown: number): Finding[] {
  const vital = r.service === 'redis-sentinel' || r.service === 'mongo' || r.service === 'minio';
  // Two masters down: their sentence already says what MinIO's loss means.
  if (r.state !== 'down' || (mastersDown >= 2 && r.service === 'minio')) return [];
  return [finding(`${r.service}-lost`, vital ? 'critical' : 'warning', trimmed(r), { service: r.service })];
}

function nodeFinding({ node, state }: Judged): Finding {
  const worst = state.reasons[0];
  return finding(
    `node-${state.health}:${node.name}`,
    'critical',
    `${node.name} is ${state.health}${worst ? ` (${worst.sentence})` : ''}`,
    { since: Date.parse(state.since) },
  );
}

function unseen(nodes: Judged[]): Finding[] {
  const hidden = nodes.filter((n) => n.state.health === 'unknown' && n.state.signals.some((x) => x.state === 'silent'));
  if (hidden.length === 0) return [];
  const names = hidden.length > 3 ? `${hidden.length} nodes` : listed(hidden.map((n) => n.node.name));
  return [finding('nodes-unseen', 'warning', `${names} cannot be seen`)];
}

function trimmed(r: QuorumRow): string {
  return r.sentence.replace(/\.$/, '');
}

function sentence(s: Snapshot, nodes: Judged[], status: DeploymentStatus, reasons: DeploymentState['reasons']): string {
  const told = reasons.filter((r) => r.severity !== 'info');
  if (told.length > 0 && !(status === 'UNKNOWN' && nodes.length === 0)) {
    const more = told.length > 2 ? `; ${told.length - 2} more` : '';
    const text = told
      .slice(0, 2)
      .map((r) => words(r, s))
      .join('; ');
    // A node's name is written as it is, also at the beginning.
    return `${nodes.some((n) => text.startsWith(n.node.name)) ? text : capital(text)}${more}.`;
  }
  if (nodes.length === 0) {
    const api = s.configured.livekit && !isStale('livekit', s.livekit.okAt, s.now);
    return api
      ? "LiveKit's API answers; nodes are not visible: add the masters with SSH or Redis."
      : 'Not known: nothing of it has answered yet; check its links.';
  }
  if (status === 'UNKNOWN') return 'Not known: what calls need cannot be seen; check its links.';
  const of = (role: 'master' | 'media') =>
    nodes.filter((n) => n.node.desired === 'serving' && (n.node.role === 'master') === (role === 'master'));
  const masters = of('master');
  const media = of('media');
  const up = (list: Judged[]) => list.filter((n) => n.state.health === 'up').length;
  return `All well: ${[masters.length ? `${up(masters)} of ${masters.length} masters` : '', media.length ? `${up(media)} of ${media.length} media nodes` : ''].filter(Boolean).join(', ')}.`;
}

/** "2 of 4 masters down since 02:41: recordings cannot upload". */
function words(r: DeploymentState['reasons'][number], s: Snapshot): string {
  const [head, tail] = r.sentence.split(': ', 2);
  if (r.code !== 'masters-down' || head === undefined || tail === undefined) return sinceWords(r, s.now, s.timeZone);
  return `${sinceWords({ ...r, sentence: head }, s.now, s.timeZone)}: ${tail}`;
}
