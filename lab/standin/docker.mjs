import { Usage } from './arguments.mjs';
import { enterFolder } from './engine-link.mjs';
import { exec, kill, oom, remove, restart, run, start, stop } from './lifecycle.mjs';
import { ps } from './ps.mjs';
import { events, importImage, info, inspect, logs, version } from './reading.mjs';

/**
 * A stand-in for the `docker` command where no engine can run. Containers are plain processes of the host under one
 * supervising process (engine.mjs) that outlives the command: the same life cycle, restart policies, records, events and
 * words as Docker 20.10, but no isolation, images, networks, limits or volumes. `simulate-oom NAME` is not Docker's.
 * What is listed here is all it knows; the contract test compares each with the real engine.
 */
const COMMANDS = {
  run,
  ps: async (argv) => void process.stdout.write(await ps(argv)),
  inspect,
  kill,
  stop,
  start,
  restart,
  rm: remove,
  logs,
  events,
  exec,
  version,
  info,
  import: importImage,
  'simulate-oom': oom,
};
const ALIASES = { ls: 'ps', list: 'ps', remove: 'rm' };

async function main([first = '', ...rest]) {
  // `docker container kill` is `docker kill`; the global -H and --host say nothing here.
  if (first === '-H' || first === '--host') return main(rest.slice(1));
  if (first.startsWith('--host=')) return main(rest);
  if (first === 'container' || first === 'system') return main(rest);
  if (first === '--version' || first === '-v') return void process.stdout.write('Docker version 20.10.24+dfsg1, stand-in\n');
  const command = COMMANDS[ALIASES[first] ?? first];
  if (!command) throw new Usage(`docker: '${first}' is not a docker command.\nSee 'docker --help'`, 1);
  return command(rest);
}

// `docker … | head` ends when its reader does.
process.stdout.on('error', () => process.exit(0));
enterFolder();
try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof Usage ? error.code : 1;
}
