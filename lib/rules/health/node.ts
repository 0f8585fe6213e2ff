import type { Health, Stage } from '@/lib/contract/names';
import { FRESHNESS, isStale } from '../freshness';
import type { Timed } from '../readings';
import { containersOf } from './containers';
import { figuresOf } from './figures';
import { judgeMaster } from './master';
import { judgeMedia } from './media';
import { keptSince, settleReasons, sinceWords } from './settle';
import { signalsOf, silent } from './signals';
import { type Finding, finding, type NodeSnapshot, type NodeState, type Signal, type Snapshot } from './snapshot';
import { masterStage, mediaStage } from './stage';
import { capital, listed } from './words';

/**
 * One node's state from everything known: its health and why, its stage, one sentence, its signals and figures. Pure. `since`
 * of health, stage and each reason are carried over from `node.previous` as long as they hold, also from another leader.
 */
export function deriveNode(s: Snapshot, node: NodeSnapshot): NodeState {
  const before = node.previous;
  const judged = judge(s, node);
  const { health, stage, findings } =
    unread(s, node) && judged.health !== 'down' && before
      ? { ...judged, health: before.health, stage: before.stage, findings: kept(before) }
      : judged;
  const reasons = settleReasons(findings, before?.reasons ?? [], s.now);
  const since = keptSince(health, before && { value: before.health, since: before.since }, s.now);
  return {
    health,
    stage,
    reasons,
    since,
    stageSince: keptSince(stage, before && { value: before.stage, since: before.stageSince }, s.now),
    sentence: sentence(s, node, health, stage, reasons, judged.signals),
    signals: judged.signals,
    figures: judged.figures,
    livekitNodeId: node.livekitNodeId,
  };
}

type Judged = { health: Health; stage: Stage; findings: Finding[]; signals: Signal[]; figures: NodeState['figures'] };

function judge(s: Snapshot, node: NodeSnapshot): Judged {
  const signals = signalsOf(s, node);
  const containers = containersOf(node, s.now);
  if (node.role === 'master') {
    const { health, findings } = judgeMaster(s, node, containers, signals);
    return wanted(node, { health, findings, stage: masterStage(containers, health), signals, figures: figuresOf(s, node, null) });
  }
  const { health, findings, evidence } = judgeMedia(s, node, containers, signals);
  const stage = mediaStage(s, node, containers, evidence, health);
  return wanted(node, { health, findings, stage, signals, figures: figuresOf(s, node, evidence) });
}

/** A node that is kept stopped is not red: that nothing runs there is what was asked for. */
function wanted(node: NodeSnapshot, j: Judged): Judged {
  if (node.desired !== 'stopped') return j;
  if (j.health === 'up' || (j.health === 'unstable' && j.stage !== 'stopped' && j.stage !== 'drained')) {
    return { ...j, findings: [finding('runs-unwanted', 'warning', 'it runs although it is to be kept stopped'), ...j.findings] };
  }
  return {
    ...j,
    health: 'unknown',
    stage: j.stage === 'drained' ? 'drained' : 'stopped',
    findings: [finding('kept-stopped', 'info', 'it is kept stopped, as wanted')],
  };
}

/** After a change of leader nothing is red or grey only because it was not read yet. */
function unread(s: Snapshot, node: NodeSnapshot): boolean {
  const pending = (source: keyof typeof FRESHNESS, t: Timed<unknown>) =>
    s.configured[source] &&
    t.value === null &&
    (!isStale(source, t.okAt, s.now) || s.now - s.watchingSince < FRESHNESS[source].limitMs);
  const own = [pending('stream', node.stream), ...Object.values(node.http).map((p) => pending('http', p))];
  const shared =
    node.role === 'master'
      ? [pending('sentinel', s.sentinel), pending('mongo', s.mongo)]
      : [pending('redis', s.redis), pending('presence', s.presence)];
  return [...own, ...shared].some(Boolean);
}

function kept(before: NodeState): Finding[] {
  return before.reasons.map((r) => ({ ...r, since: r.since === null ? null : Date.parse(r.since) }));
}

/** Signals name these themselves. */
const SAID_ELSEWHERE = /^(silent-|redis-fault$)/;

const SERVING: Record<Stage, string> = {
  starting: 'Starting.',
  serving: 'Serving.',
  draining: 'Draining: no new rooms come, it ends after its last participant left.',
  drained: 'Drained.',
  stopped: 'Stopped.',
  unknown: 'Up.',
};

function sentence(
  s: Snapshot,
  node: NodeSnapshot,
  health: Health,
  stage: Stage,
  reasons: NodeState['reasons'],
  signals: Signal[],
): string {
  const grave = reasons.filter((r) => r.severity === 'critical');
  const first = grave[0] ?? (health === 'up' ? undefined : reasons.find((r) => !SAID_ELSEWHERE.test(r.code))) ?? undefined;
  if (first) {
    const more = grave.length > 1 ? `; ${grave.length - 1} more` : '';
    return `${capital(sinceWords(first, s.now, s.timeZone))}${more}.`;
  }
  if (health === 'unknown') return unknownSentence(signals, node);
  const quiet = silent(signals);
  return quiet.length
    ? `${SERVING[stage].replace(/\.$/, '')}; ${listed(quiet)} ${quiet.length > 1 ? 'are' : 'is'} silent.`
    : SERVING[stage];
}

/** Names the silent signal and what to open; never says down. */
function unknownSentence(signals: Signal[], node: NodeSnapshot): string {
  const quiet = silent(signals);
  if (quiet.length) {
    const advice = signals.find((x) => x.state === 'silent')?.advice;
    return `Not known: ${listed(quiet)} ${quiet.length > 1 ? 'are' : 'is'} silent${advice ? `; ${advice}` : ''}.`;
  }
  if (signals.every((x) => x.state === 'absent'))
    return 'Not known: no way to this node was given; add SSH or Redis to the settings.';
  return node.role === 'media' && node.livekitNodeId === null
    ? 'Not known: it has not been seen in the cluster.'
    : 'Not known yet.';
}
