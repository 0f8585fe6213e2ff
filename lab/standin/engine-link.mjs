import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';

/** What the engine refused; `missing` when there is no such container, `exitCode` when a program could not be run. */
export class Refusal extends Error {}

const STARTS_WITHIN_MS = 10_000;
const engine = fileURLToPath(new URL('./engine.mjs', import.meta.url));
const later = (ms) => new Promise((done) => setTimeout(done, ms));

/** All paths are relative to the folder of the state: a socket's whole path may be too long for the kernel. */
export function enterFolder() {
  const folder = process.env.DOCKER_STANDIN_DIR ?? '/var/lib/docker-standin';
  mkdirSync(folder, { recursive: true });
  process.chdir(folder);
}

function send(path, body) {
  return new Promise((done, fail) => {
    const out = request({ socketPath: 'engine.sock', method: 'POST', path, agent: false }, done);
    out.on('error', fail);
    out.end(JSON.stringify(body));
  });
}

/** Under a lock that lives as long as the engine, so that two commands at once do not make two of it. */
function startEngine() {
  const log = openSync('engine.log', 'a');
  const argv = ['--no-fork', '--nonblock', 'engine.lock', process.execPath, '--max-semi-space-size=1', engine];
  const child = spawn('flock', argv, { detached: true, stdio: ['ignore', log, log], cwd: process.cwd() });
  child.on('error', (error) => process.stderr.write(`docker stand-in: ${error.message}\n`));
  child.unref();
}

async function connected(path, body) {
  const until = Date.now() + STARTS_WITHIN_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send(path, body);
    } catch (error) {
      if (!['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes(error.code) || Date.now() > until) throw error;
      if (attempt % 20 === 0) startEngine();
      await later(50);
    }
  }
}

export async function ask(act, body = {}) {
  const response = await connected(`/call/${act}`, body);
  let text = '';
  for await (const chunk of response) text += chunk;
  const answer = JSON.parse(text);
  if (response.statusCode !== 200) throw Object.assign(new Refusal(answer.message), answer);
  return answer;
}

/** Lines of an answer that goes on, as they come. */
export async function* follow(act, body = {}) {
  const response = await connected(`/stream/${act}`, body);
  let buffered = '';
  for await (const chunk of response) {
    const lines = (buffered + chunk).split('\n');
    buffered = lines.pop() ?? '';
    yield* lines;
  }
}
