/**
 * Child process: all participants of a lab. The native parts of rtc-node are heavy and may crash, so they live apart and
 * die alone. Speaks JSON over the fork channel: requests { id, act, … } are answered { id, ok | error }; what happens to a
 * client comes as { client, event, reason }. Tokens come ready made: no secret is in here.
 */
const WIDTH = 64;
const HEIGHT = 48;
const FRAME_MS = 500;
const PUBLISH_BITRATE = 30_000n;

const clients = new Map();
const say = (message) => process.connected && process.send?.(message);

// Native code may hang in an orderly exit: when the parent is gone, so is this.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

let rtc;
try {
  rtc = await import('@livekit/rtc-node');
} catch (error) {
  say({ unavailable: String(error?.message ?? error).split('\n')[0] });
  process.exit(0);
}
const {
  DisconnectReason,
  LocalVideoTrack,
  Room,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoFrame,
  VideoSource,
} = rtc;

/** One grey picture for all, its brightness changing so that the encoder has something to send. */
const picture = new Uint8Array((WIDTH * HEIGHT * 3) / 2).fill(128);
let shade = 0;
setInterval(() => {
  if (!clients.size) return;
  shade = (shade + 16) % 256;
  picture.fill(shade, 0, WIDTH * HEIGHT);
  const frame = new VideoFrame(picture, WIDTH, HEIGHT, VideoBufferType.I420);
  for (const { source } of clients.values()) source.captureFrame(frame);
}, FRAME_MS);

async function join({ client, url, token }) {
  if (clients.has(client)) throw new Error(`${client} is in a room`);
  const room = new Room();
  const source = new VideoSource(WIDTH, HEIGHT);
  const entry = { room, source };
  clients.set(client, entry);
  room.on(RoomEvent.Reconnecting, () => say({ client, event: 'reconnecting' }));
  room.on(RoomEvent.Reconnected, () => say({ client, event: 'reconnected' }));
  room.on(RoomEvent.Disconnected, (reason) => {
    if (clients.get(client) === entry) clients.delete(client);
    source.close().catch(() => undefined);
    say({ client, event: 'disconnected', reason: DisconnectReason[reason] ?? String(reason) });
  });
  try {
    await room.connect(url, token, { autoSubscribe: true, dynacast: false });
    const track = LocalVideoTrack.createVideoTrack('camera', source);
    const videoEncoding = { maxBitrate: PUBLISH_BITRATE, maxFramerate: 1000 / FRAME_MS };
    const options = new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA, simulcast: false, videoEncoding });
    await room.localParticipant.publishTrack(track, options);
  } catch (error) {
    clients.delete(client);
    await room.disconnect().catch(() => undefined);
    throw error;
  }
}

const acts = {
  join,
  leave: async ({ client }) => {
    const entry = clients.get(client);
    if (!entry) throw new Error(`${client} is in no room`);
    await entry.room.disconnect();
    // Leaving by oneself does not always come as an event.
    if (clients.delete(client)) say({ client, event: 'disconnected', reason: 'CLIENT_INITIATED' });
  },
  end: async () => {
    await Promise.allSettled([...clients.values()].map(({ room }) => room.disconnect()));
  },
};

process.on('message', async ({ id, act, ...body }) => {
  try {
    await acts[act](body);
    say({ id, ok: true });
  } catch (error) {
    say({ id, error: String(error?.message ?? error) });
  }
});
say({ loaded: true });
