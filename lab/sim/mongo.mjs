import { connect, createServer } from 'node:net';
import { Timestamp } from './wire/bson.mjs';
import { ReplicaMember } from './wire/mongo-member.mjs';
import { answerCommands, command } from './wire/mongo-protocol.mjs';
import { config, endOnSignal, listen, port, ready } from './wire/service.mjs';

/**
 * A simulated mongod of a replica set of all masters: enough of the wire protocol for hello, isMaster, ping, buildInfo,
 * replSetGetStatus and replSetStepDown, and an election among the members that can be reached (wire/mongo-member.mjs).
 * Not simulated: data, users (no sign-in is asked for), write concerns. Other commands answer CommandNotFound (59).
 */
const HEARTBEAT_MS = 500;
const HEARTBEAT_TIMEOUT_MS = 1500;
const SET = config.mongo?.set ?? 'rs0';
const hosts = config.masters.map((master) => `${master}:${port('mongo')}`);
const me = config.masters.indexOf(config.address);
const member = new ReplicaMember(hosts, me, Date.now(), config.mongo?.electionMs);
const STATES = { 1: 'PRIMARY', 2: 'SECONDARY', 8: '(not reachable/healthy)' };

const hello = () => ({
  helloOk: true,
  ismaster: member.state === 1,
  isWritablePrimary: member.state === 1,
  secondary: member.state === 2,
  setName: SET,
  setVersion: 1,
  hosts,
  me: hosts[me],
  ...(member.primary >= 0 && { primary: hosts[member.primary] }),
  maxBsonObjectSize: 16777216,
  maxMessageSizeBytes: 48000000,
  maxWriteBatchSize: 100000,
  localTime: new Date(),
  minWireVersion: 0,
  maxWireVersion: 21,
  readOnly: false,
  // Only here: what the simulated members tell each other.
  simulated: { state: member.state, term: member.term, standing: member.standing(Date.now()) },
  ok: 1,
});

function status() {
  const now = new Date();
  const optime = { ts: new Timestamp(Math.floor(member.startedAt / 1000), 1), t: BigInt(member.term) };
  const members = hosts.map((name, place) => {
    const peer = member.peers[place];
    const self = place === me;
    const state = self ? member.state : peer.up ? peer.state : 8;
    return {
      _id: place,
      name,
      health: state === 8 ? 0 : 1,
      state,
      stateStr: STATES[state],
      uptime: state === 8 ? 0 : Math.floor((now.getTime() - member.startedAt) / 1000),
      optime,
      optimeDate: new Date(optime.ts.seconds * 1000),
      ...(self ? { self: true } : { lastHeartbeat: new Date(peer.heardAt), pingMs: 0n }),
    };
  });
  return {
    set: SET,
    date: now,
    myState: member.state,
    term: BigInt(member.term),
    heartbeatIntervalMillis: BigInt(HEARTBEAT_MS),
    members,
    ok: 1,
  };
}

function answer(document) {
  const [name] = Object.keys(document);
  switch (name.toLowerCase()) {
    case 'hello':
    case 'ismaster':
      return hello();
    case 'ping':
    case 'endsessions':
      return { ok: 1 };
    case 'buildinfo':
      return { version: '7.0.0', gitVersion: 'simulated', ok: 1 };
    case 'replsetgetstatus':
      return status();
    case 'replsetstepdown':
      if (member.stepDown(Number(document[name]), Date.now())) return { ok: 1 };
      return { ok: 0, errmsg: 'not primary so can not step down', code: 10107, codeName: 'NotWritablePrimary' };
    default:
      return { ok: 0, errmsg: `no such command: '${name}'`, code: 59, codeName: 'CommandNotFound' };
  }
}

/** Keeps one connection to another member and asks it hello at each beat; silence for too long counts as unreachable. */
function follow(place) {
  let socket;
  const beat = async () => {
    try {
      if (!socket || socket.destroyed) {
        socket = connect({ host: config.masters[place], port: port('mongo') });
        socket.on('error', () => socket.destroy());
      }
      const timer = setTimeout(() => socket.destroy(), HEARTBEAT_TIMEOUT_MS);
      const said = await command(socket, { hello: 1, $db: 'admin' }).finally(() => clearTimeout(timer));
      member.hear(place, said.simulated, Date.now());
      member.decide(Date.now());
    } catch {
      member.hear(place, undefined, Date.now());
    }
    setTimeout(beat, HEARTBEAT_MS);
  };
  beat();
}

endOnSignal();
await listen(
  createServer((socket) => answerCommands(socket, answer)),
  port('mongo'),
);
hosts.forEach((_, place) => place !== me && follow(place));
setInterval(() => member.decide(Date.now()), HEARTBEAT_MS);
ready('replica set without data');
