import { type EgressInfo, EgressStatus, type IngressInfo, IngressInput, IngressState_Status } from '@livekit/protocol';
import type { EgressRecord, IngressRecord } from '@/lib/rules/readings';
import { fileNameOf, hostOf, withoutUrls } from './redact';

/** Nanoseconds since the epoch, 0 for never. */
const nanos = (v: bigint): number | null => (v > 0n ? Number(v / 1_000_000n) : null);

const EGRESS_STATUS: Record<EgressStatus, EgressRecord['status']> = {
  [EgressStatus.EGRESS_STARTING]: 'STARTING',
  [EgressStatus.EGRESS_ACTIVE]: 'ACTIVE',
  [EgressStatus.EGRESS_ENDING]: 'ENDING',
  [EgressStatus.EGRESS_COMPLETE]: 'COMPLETE',
  [EgressStatus.EGRESS_FAILED]: 'FAILED',
  [EgressStatus.EGRESS_ABORTED]: 'ABORTED',
  [EgressStatus.EGRESS_LIMIT_REACHED]: 'LIMIT_REACHED',
};

/** Requests carry storage keys and stream keys: nothing of them is kept but their kind. */
export function egressRecord(info: EgressInfo): EgressRecord {
  return {
    egressId: info.egressId,
    status: EGRESS_STATUS[info.status] ?? 'FAILED',
    type: (info.request.case ?? 'unknown').replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
    roomName: info.roomName || null,
    roomSid: info.roomId || null,
    error: info.error ? withoutUrls(info.error) : null,
    outputs: outputsOf(info),
    startedAt: nanos(info.startedAt),
    endedAt: nanos(info.endedAt),
  };
}

function outputsOf(info: EgressInfo): EgressRecord['outputs'] {
  const files = info.fileResults.length > 0 || info.result.case !== 'file' ? info.fileResults : [info.result.value];
  const segments = info.segmentResults.length > 0 || info.result.case !== 'segments' ? info.segmentResults : [info.result.value];
  const streams = info.streamResults.length > 0 || info.result.case !== 'stream' ? info.streamResults : info.result.value.info;
  return [
    ...files.map((f) => output('file', fileNameOf(f.filename), f.size)),
    ...segments.map((s) => output('segments', fileNameOf(s.playlistName), s.size)),
    ...info.imageResults.map((i) => output('images', fileNameOf(i.filenamePrefix), null)),
    ...streams.map((s) => ({ ...output('stream', hostOf(s.url), null), status: STREAM_STATUS[s.status] ?? null })),
  ];
}

const STREAM_STATUS = ['ACTIVE', 'FINISHED', 'FAILED'];
const output = (kind: string, target: string, bytes: bigint | null) => ({
  kind,
  target,
  bytes: bytes === null ? null : Number(bytes),
  status: null,
});

const INGRESS_TYPE: Record<IngressInput, IngressRecord['type']> = {
  [IngressInput.RTMP_INPUT]: 'RTMP',
  [IngressInput.WHIP_INPUT]: 'WHIP',
  [IngressInput.URL_INPUT]: 'URL',
};
const INGRESS_STATUS: Record<IngressState_Status, IngressRecord['status']> = {
  [IngressState_Status.ENDPOINT_INACTIVE]: 'INACTIVE',
  [IngressState_Status.ENDPOINT_BUFFERING]: 'BUFFERING',
  [IngressState_Status.ENDPOINT_PUBLISHING]: 'PUBLISHING',
  [IngressState_Status.ENDPOINT_ERROR]: 'ERROR',
  [IngressState_Status.ENDPOINT_COMPLETE]: 'COMPLETE',
};

/** Without stream key and URL: who has them can publish. */
export function ingressRecord(info: IngressInfo): IngressRecord {
  const state = info.state;
  return {
    ingressId: info.ingressId,
    name: info.name,
    type: INGRESS_TYPE[info.inputType] ?? 'UNKNOWN',
    status: INGRESS_STATUS[state?.status ?? IngressState_Status.ENDPOINT_INACTIVE] ?? 'INACTIVE',
    roomName: info.roomName || null,
    participant: info.participantName || info.participantIdentity || null,
    error: state?.error ? withoutUrls(state.error) : null,
    startedAt: state ? nanos(state.startedAt) : null,
    endedAt: state ? nanos(state.endedAt) : null,
  };
}
