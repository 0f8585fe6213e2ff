import { config, endOnSignal, port, ready, serve } from './wire/service.mjs';

// The health endpoint of the 2.x compatibility module: Basic OPENVIDUAPP:<LiveKit API secret>, body with `status` only.
const expected = `Basic ${Buffer.from(`OPENVIDUAPP:${config.livekit?.secret ?? ''}`).toString('base64')}`;

endOnSignal();
await serve(port('v2compatibility'), {
  '/openvidu/api/health': (request) => (request.headers.authorization === expected ? [200, { status: 'UP' }] : [401, '']),
});
ready();
