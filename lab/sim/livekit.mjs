import { createServer } from 'node:http';
import { config, control, listen, log, port, ready } from './wire/service.mjs';
import { LiveKitApi } from './wire/livekit-api.mjs';
import { LiveKitNodes } from './wire/livekit-nodes.mjs';

/**
 * A simulation of livekit-server where the real one cannot be installed, and of many of them for large fleets: with
 * `many: [{ address, rooms, participants }]` the process hosts that many nodes, without HTTP. No signalling, no media.
 * The control port makes people join and leave, and kills, drains or starts single nodes of a fleet.
 */
const READY_MS = 4000;
const nodes = new LiveKitNodes(config.redis, log);

async function answer(api, request, response) {
  const [path] = (request.url ?? '/').split('?');
  if (path === '/') {
    const late = Date.now() - nodes.beatAt > READY_MS;
    return response
      .writeHead(late ? 406 : 200)
      .end(late ? `Not Ready\nNode Updated At ${new Date(nodes.beatAt).toISOString()}` : 'OK');
  }
  if (!path.startsWith('/twirp/livekit.')) return response.writeHead(path.startsWith('/rtc') ? 501 : 404).end();
  let body = '';
  for await (const chunk of request) body += chunk;
  const [status, reply] = await api.answer(path.slice('/twirp/livekit.'.length), request.headers.authorization, body);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
}

/** Any of the three signals: the first drains, the second forces out, more are not read. */
function endOnTwoSignals() {
  let signals = 0;
  const end = () => process.exit(0);
  const take = (signal) => {
    signals += 1;
    log(`${signal}: signal ${signals}`);
    if (signals === 1) nodes.drain(config.address).then(end);
    if (signals === 2) nodes.force(config.address).then(end);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT']) process.on(signal, take);
}

async function one() {
  endOnTwoSignals();
  await nodes.start([{ address: config.address }]);
  const api = new LiveKitApi(nodes, config.livekit);
  await api.start();
  await listen(
    createServer((request, response) => answer(api, request, response)),
    port('livekit'),
  );
}

async function many() {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
  await nodes.start(config.many);
}

await (config.many ? many() : one());
if (config.dir) {
  await control({
    list: () => ({
      nodes: [...nodes.nodes.values()].map(({ id, address, state, rooms }) => ({ id, address, state, rooms: rooms.size })),
    }),
    join: ({ address = config.address, room, count }) => nodes.join(address, room, count),
    leave: ({ address = config.address, room, count }) => nodes.leave(address, room, count),
    start: (node) => nodes.start([node]),
    kill: ({ address }) => nodes.kill(address),
    drain: ({ address }) => void nodes.drain(address),
    force: ({ address }) => nodes.force(address),
  });
}
ready(config.many ? `${config.many.length} nodes` : 'no signalling, no media');
