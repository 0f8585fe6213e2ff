import { MASTER_SERVICES, MEDIA_SERVICES } from '@/lib/contract/names';

// Word for word what remote/stream.sh and remote/read-config.sh run in read-only mode; a test holds them to it.
const PS = '{{.ID}}|{{.Names}}|{{.Image}}|{{.State}}|{{.Status}}|{{.Label "openvidu-agent"}}';
const INSPECT =
  '{{.Name}}|{{.ID}}|{{.Config.Image}}|{{.State.Status}}|{{.State.StartedAt}}|{{.State.FinishedAt}}|{{.RestartCount}}|{{.State.ExitCode}}|{{.State.OOMKilled}}|{{.State.Pid}}|{{.HostConfig.RestartPolicy.Name}}|{{.Config.StopSignal}}|{{index .Config.Labels "openvidu-agent"}}';
const EVENTS = '{{.TimeNano}}|{{.Action}}|{{.Actor.Attributes.name}}|{{.Actor.Attributes.exitCode}}|{{.Actor.Attributes.signal}}';
const EVENT_FILTERS = ['start', 'die', 'kill', 'oom', 'stop', 'restart', 'pause', 'unpause', 'destroy'];

type Rights = {
  installDir: string;
  /** Where `command -v docker` finds it on the node. */
  docker?: string;
};

/** Container names that inspect asks for: a list, so that the right covers no other container and no other field. */
const CONTAINERS = [...new Set<string>([...MASTER_SERVICES, ...MEDIA_SERVICES, 'openvidu-init'])];

/** The commands, one argument each, that read-only mode runs through sudo. `why` stands as a comment above its line. */
export function readonlyCommands({ installDir, docker = '/usr/bin/docker' }: Rights): { why: string; words: string[] }[] {
  const env = [
    'deployment-info.yaml',
    '.env',
    'config/cluster/openvidu.env',
    'config/node/master_node.env',
    'config/node/master-node.env',
    'config/node/media_node.env',
    'config/node/media-node.env',
  ];
  return [
    { why: 'names and states of containers', words: ['timeout', '5', docker, 'ps', '-a', '--no-trunc', '--format', PS] },
    {
      why: 'restart counts and exit codes',
      words: ['timeout', '5', docker, 'inspect', '--type', 'container', '--format', INSPECT, ...CONTAINERS],
    },
    {
      why: 'container events as they happen',
      words: [
        ...['timeout', '120', docker, 'events', '--filter', 'type=container'],
        ...EVENT_FILTERS.flatMap((event) => ['--filter', `event=${event}`]),
        ...['--format', EVENTS],
      ],
    },
    { why: 'errors that the operator service reports', words: ['tail', '-n', '20', '/var/log/openvidu/nodes_errors.log'] },
    {
      why: 'hashes of the config files, not their content',
      words: [
        ...['timeout', '10', 'find', `${installDir}/config`, '-type', 'f', '-size', '-2048k'],
        ...['-exec', 'sha256sum', '{}', '+'],
      ],
    },
    ...env.map((name) => ({ why: 'discovery only', words: ['cat', `${installDir}/${name}`] })),
  ];
}

/**
 * Lines for /etc/sudoers.d/signalbox that give `user` exactly what read-only mode runs, and nothing else. The last ones
 * are needed by a discovery only: they let the user read passwords and may be left out.
 */
export function sudoersLines(user: string, rights: Rights): string[] {
  const commands = readonlyCommands(rights);
  return commands.flatMap(({ why, words: [program = '', ...args] }, i) => [
    ...(commands[i - 1]?.why === why ? [] : [`# ${why}`]),
    `${user} ALL=(root) NOPASSWD: /usr/bin/${program} ${args.map(escaped).join(' ')}`,
  ]);
}

/** sudoers(5): these end a command or mean something in it. */
const escaped = (word: string) => word.replace(/[\\,:=#*?[\]]/g, '\\$&');
