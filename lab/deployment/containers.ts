import { type HostPlan } from '@/lab/plan';
import { programName, servicesOf, type Service } from '@/lab/deployment/services';

export interface ContainerFacts {
  version: string;
  restartPolicy: string;
  livekitIsReal: boolean;
  /** A container runs as this group so that the packet filter knows the host's traffic; undefined in a user namespace. */
  gid?: number;
}

const INSTALL = '/opt/openvidu';
/** The same path inside and outside, so that the stand-in (which has no mounts) runs the very same commands. */
const MOUNTS = [
  '/usr:/usr:ro',
  '/lib:/lib:ro',
  '/lib64:/lib64:ro',
  '/run/lab:/run/lab:ro',
  '/run/lab/sims:/run/lab/sims',
  `${INSTALL}:${INSTALL}`,
  '/var/log/openvidu:/var/log/openvidu',
];

export const simConfigPath = (service: Service) => `/run/lab/sims/${service.container}.json`;

function command(service: Service, facts: ContainerFacts): string[] {
  if (service.program === 'redis') return ['/usr/bin/redis-server', `${INSTALL}/data/redis/redis.conf`];
  if (service.program === 'sentinel') return ['/usr/bin/redis-server', `${INSTALL}/data/redis/sentinel.conf`, '--sentinel'];
  if (service.program === 'livekit' && facts.livekitIsReal)
    return ['/run/lab/bin/livekit-server', '--config', `${INSTALL}/data/livekit/livekit.yaml`];
  return ['/run/lab/bin/node', '--max-semi-space-size=1', `/run/lab/repo/lab/sim/${programName(service)}.mjs`];
}

/** Arguments of `docker run` for one container: real names, host network, the compose labels. */
export function runArguments(service: Service, host: HostPlan, facts: ContainerFacts): string[] {
  const labels = { 'com.docker.compose.project': 'openvidu', 'com.docker.compose.service': service.container, ...service.labels };
  const isSim = typeof service.program !== 'string' || (service.program === 'livekit' && !facts.livekitIsReal);
  return [
    'run',
    '-d',
    '--name',
    service.container,
    '--network',
    'host',
    '--restart',
    facts.restartPolicy,
    ...(facts.gid === undefined ? [] : ['--user', `0:${facts.gid}`]),
    ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
    ...MOUNTS.flatMap((mount) => ['-v', mount]),
    ...(isSim ? ['-e', `SIM_CONFIG=${simConfigPath(service)}`] : []),
    service.image,
    ...command(service, facts),
  ];
}

const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * The host's `compose up` and `compose down`: up starts what exists and creates what does not, in order for the first two
 * of a master (Redis before its readers), the rest side by side; down stops with the product's grace time and removes.
 */
export function composeScript(host: HostPlan, facts: ContainerFacts): string {
  const services = servicesOf(host.role, host.index, facts.version);
  const line = (service: Service) => `up ${quote(service.container)} ${runArguments(service, host, facts).map(quote).join(' ')}`;
  const first = services.filter((service) => service.program === 'redis' || service.program === 'livekit');
  const rest = services.filter((service) => !first.includes(service));
  return `#!/bin/sh
# up | down: what \`docker compose\` does with the host's docker-compose.yml.
names=${quote(services.map((service) => service.container).join(' '))}
result=0
up() {
  name=$1
  shift
  case $known in
    *" $name "*) docker start "$name" >/dev/null || echo "$name" >>/run/lab/state/failed ;;
    *) docker "$@" >/dev/null || echo "$name" >>/run/lab/state/failed ;;
  esac
}
case $1 in
  up)
    known=" $(docker ps -a --format '{{.Names}}' | tr '\\n' ' ') "
    rm -f /run/lab/state/failed
${first.map((service) => `    ${line(service)}`).join('\n')}
${rest.map((service) => `    ${line(service)} &`).join('\n')}
    wait
    if [ -e /run/lab/state/failed ]; then
      echo "not started: $(tr '\\n' ' ' </run/lab/state/failed)" >&2
      exit 1
    fi
    ;;
  down)
    present=
    for name in $(docker ps -a --format '{{.Names}}'); do
      case " $names " in *" $name "*) present="$present $name" ;; esac
    done
    if [ -n "$present" ]; then
      docker stop -t 10 $present >/dev/null
      docker rm -f $present >/dev/null
    fi
    ;;
esac
`;
}
