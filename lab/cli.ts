import { parseArgs } from 'node:util';
import { destroy, destroyStale } from '@/lab/cleanup';
import { attachLab, type Lab } from '@/lab/lab';
import { labOptions } from '@/lab/options';
import { scenarios } from '@/lab/scenarios';
import { startLab } from '@/lab/start';
import { isStale, listStates, readState, type LabState } from '@/lab/state';

const USAGE = `npm run lab -- [up|scenario NAME|down|status|list] [options]

  up                start a deployment and keep it until Ctrl-C (the default)
  scenario NAME     do something to a running lab; "healthy" undoes it
  down              end a lab, or with --all every lab of this user; always cleans up what was left behind
  status            hosts, LiveKit nodes and parts of a running lab
  list              scenarios, and the labs that run

  --name N  --media 3  --octet K  --layout cluster|per-node  --detach
  --engine auto|docker|standin  --livekit auto|real|simulated
`;
const print = (line: string) => process.stdout.write(`${line}\n`);

function theOne(name: string | undefined): LabState {
  const states = listStates();
  const state = name === undefined ? states[0] : readState(name);
  if (!state) throw new Error(name === undefined ? 'no lab is running' : `no lab named ${name} is running`);
  if (name === undefined && states.length > 1)
    throw new Error(`several labs run, say --name: ${states.map((each) => each.name).join(', ')}`);
  return state;
}

function describe(lab: Lab): void {
  const { connection } = lab;
  print(`lab ${lab.name}: masters ${connection.masters.join(' ')}, media ${connection.media.join(' ')}`);
  print(`LiveKit ${connection.livekitUrl}  key ${connection.apiKey}  secret ${connection.apiSecret}`);
  print(
    `SSH ${connection.sshUser}, port ${connection.sshPort}, key ${lab.dir}/id_ed25519; files of the hosts below ${lab.dir}/hosts`,
  );
  for (const part of lab.parts) print(`  ${part.real ? 'real     ' : 'simulated'} ${part.name}: ${part.why}`);
}

async function up(values: Record<string, string | boolean | undefined>): Promise<void> {
  const number = (text: unknown) => (text === undefined ? undefined : Number(text));
  const options = labOptions.parse({
    ...values,
    media: number(values.media),
    octet: number(values.octet),
    detached: values.detach === true,
  });
  const running = listStates().find((state) => !isStale(state) && (options.name === undefined || state.name === options.name));
  if (running && options.octet === undefined) {
    print(`the lab ${running.name} is running already; --name and --octet start another`);
    if (running.ready) describe(attachLab(running.name));
    return;
  }
  const started = performance.now();
  const giveUp = new AbortController();
  const starting = startLab(options, print, giveUp.signal);
  const end = async () => {
    print('ending the lab');
    giveUp.abort();
    await starting.then(
      (lab) => lab.stop(),
      () => undefined,
    );
    process.exit(0);
  };
  if (!options.detached) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end());
  const lab = await starting.catch((error: unknown) => {
    if (!giveUp.signal.aborted) throw error;
    return undefined;
  });
  if (!lab) return;
  describe(lab);
  print(`up in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (options.detached) print(`end it with: npm run lab -- down --name ${lab.name}`);
  else setInterval(() => undefined, 2 ** 30);
}

async function down(name: string | undefined, all: boolean): Promise<void> {
  const stale = await destroyStale();
  for (const left of stale) print(`cleaned up ${left}`);
  if (name !== undefined && stale.includes(name)) return;
  const states = all ? listStates() : name === undefined && listStates().length === 0 ? [] : [theOne(name)];
  for (const state of states) {
    await destroy(state);
    print(`ended ${state.name}`);
  }
  if (states.length + stale.length === 0) print('no lab is running');
}

async function status(lab: Lab): Promise<void> {
  describe(lab);
  print(`scenario: ${lab.current ?? 'healthy'}`);
  for (const host of lab.hosts) {
    const list = await host.exec(['docker', 'ps', '-a', '--format', '{{.Names}} {{.State}}']);
    const containers = list.stdout.trim().split('\n').filter(Boolean);
    const off = containers.filter((line) => !line.endsWith(' running'));
    print(
      `  ${host.name.padEnd(9)} ${host.address.padEnd(13)} ${host.isOn ? `${containers.length} containers${off.length ? `, not running: ${off.join(', ')}` : ''}` : 'switched off'}`,
    );
  }
  for (const node of await lab.livekitNodes())
    print(
      `  ${node.id} ${node.address} ${node.state}, heartbeat ${node.ageSeconds} s old, ${node.rooms} rooms, ${node.clients} clients`,
    );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    media: { type: 'string' },
    octet: { type: 'string' },
    layout: { type: 'string' },
    engine: { type: 'string' },
    livekit: { type: 'string' },
    detach: { type: 'boolean' },
    all: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
const [verb = 'up', argument] = positionals;

try {
  if (values.help) print(USAGE);
  else if (verb === 'up') await up(values);
  else if (verb === 'down') await down(values.name, values.all === true);
  else if (verb === 'status') await status(attachLab(theOne(values.name).name));
  else if (verb === 'list') {
    for (const [name, scenario] of Object.entries(scenarios)) print(`${name.padEnd(15)} ${scenario.what}`);
    for (const state of listStates())
      print(`lab ${state.name} on 127.${state.octet}.0.0${isStale(state) ? ' (left behind)' : ''}`);
  } else if (verb === 'scenario') {
    if (!argument) throw new Error('which scenario? See: npm run lab -- list');
    const expect = await attachLab(theOne(values.name).name).scenario(argument);
    print(`${argument}: ${expect}`);
  } else throw new Error(USAGE);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
