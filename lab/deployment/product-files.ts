import { stringify } from 'yaml';
import { PORTS, REDIS_MASTER_NAME, type HostPlan, type LabPlan } from '@/lab/plan';
import type { LabSecrets } from '@/lab/deployment/secrets';
import { servicesOf } from '@/lab/deployment/services';

export interface DeploymentFacts {
  plan: LabPlan;
  secrets: LabSecrets;
  layout: 'cluster' | 'per-node';
  version: string;
  restartPolicy: string;
  webhookUrls: readonly string[];
}

type Files = Record<string, string>;
const env = (values: Record<string, string>) =>
  `${Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;

/** Keys of `openvidu.env` (openvidu.io, configuration reference); 3.0 calls the domain DOMAIN_OR_PUBLIC_IP. */
function openviduEnv({ plan, secrets, layout }: DeploymentFacts): Record<string, string> {
  return {
    [layout === 'cluster' ? 'DOMAIN_NAME' : 'DOMAIN_OR_PUBLIC_IP']: plan.domain,
    LIVEKIT_URL: `wss://${plan.domain}/`,
    LIVEKIT_API_KEY: secrets.livekitApiKey,
    LIVEKIT_API_SECRET: secrets.livekitApiSecret,
    MINIO_ACCESS_KEY: secrets.minioAccessKey,
    MINIO_SECRET_KEY: secrets.minioSecretKey,
    MONGO_ADMIN_USERNAME: 'mongoadmin',
    MONGO_ADMIN_PASSWORD: secrets.mongoPassword,
    MONGO_REPLICA_SET_KEY: 'openvidu',
    DASHBOARD_ADMIN_USERNAME: 'dashboardadmin',
    DASHBOARD_ADMIN_PASSWORD: secrets.dashboardPassword,
    GRAFANA_ADMIN_USERNAME: 'grafanaadmin',
    GRAFANA_ADMIN_PASSWORD: secrets.grafanaPassword,
    OPENVIDU_PRO_LICENSE: secrets.license,
    OPENVIDU_RTC_ENGINE: 'pion',
    ENABLED_MODULES: layout === 'cluster' ? 'observability,openviduMeet' : 'observability,app',
    ...(layout === 'cluster' && { MEET_INITIAL_ADMIN_PASSWORD: secrets.meetPassword, MEET_BASE_PATH: '/meet' }),
  };
}

function nodeEnv({ plan, secrets }: DeploymentFacts, host: HostPlan): Record<string, string> {
  return {
    ...(host.role === 'media' && { MEDIA_NODE_PRIVATE_IP: host.address }),
    ...Object.fromEntries(plan.masters.map((master) => [`MASTER_NODE_${master.index}_PRIVATE_IP`, master.address])),
    ...(host.role === 'master' && { MASTER_NODE_PRIVATE_IP: host.address }),
    REDIS_PASSWORD: secrets.redisPassword,
  };
}

/** What LiveKit reads; every server of one machine needs a media port of its own, since it binds all addresses. */
export function livekitYaml({ plan, secrets, webhookUrls }: DeploymentFacts, host: HostPlan): string {
  return stringify({
    port: PORTS.livekit,
    bind_addresses: [host.address],
    prometheus: { port: PORTS.livekitMetrics },
    rtc: {
      node_ip: host.address,
      tcp_port: host.rtcPort,
      udp_port: host.rtcPort,
      use_external_ip: false,
      enable_loopback_candidate: true,
      interfaces: { includes: ['lo'] },
    },
    redis: {
      sentinel_master_name: REDIS_MASTER_NAME,
      sentinel_addresses: plan.masters.map((master) => `${master.address}:${PORTS.sentinel}`),
      sentinel_password: secrets.redisPassword,
      password: secrets.redisPassword,
    },
    keys: { [secrets.livekitApiKey]: secrets.livekitApiSecret },
    ...(webhookUrls.length > 0 && { webhook: { api_key: secrets.livekitApiKey, urls: [...webhookUrls] } }),
    logging: { level: 'info' },
  });
}

/** The files an administrator edits, with the product's own references left as they are (`${openvidu.X}`). */
function mediaTemplates(facts: DeploymentFacts): Files {
  const livekit = [
    'port: 7880',
    'redis:',
    `  sentinel_master_name: ${REDIS_MASTER_NAME}`,
    '  password: ${master_node.REDIS_PASSWORD:?mandatory}',
    'keys:',
    '  ${openvidu.LIVEKIT_API_KEY:?mandatory}: ${openvidu.LIVEKIT_API_SECRET:?mandatory}',
    ...(facts.webhookUrls.length ? ['webhook:', '  urls:', ...facts.webhookUrls.map((url) => `    - ${url}`)] : []),
    'openvidu:',
    '  license: ${openvidu.OPENVIDU_PRO_LICENSE:?mandatory}',
    '  cluster_id: ${openvidu.DOMAIN_NAME:-openvidu}',
    '  analytics:',
    '    enabled: true',
    '    interval: 10s',
    '    expiration: 768h',
    '  rtc:',
    '    engine: ${openvidu.OPENVIDU_RTC_ENGINE:-pion}',
  ];
  return {
    'livekit.yaml': `${livekit.join('\n')}\n`,
    'egress.yaml': stringify({
      health_port: PORTS.egress,
      cpu_cost: {
        max_cpu_utilization: 0.8,
        room_composite_cpu_cost: 2,
        web_cpu_cost: 2,
        participant_cpu_cost: 1,
        track_composite_cpu_cost: 1,
        track_cpu_cost: 0.5,
      },
      openvidu: { allocation_strategy: 'cpuload', min_disk_space_mb: 512 },
    }),
    'ingress.yaml': stringify({
      health_port: PORTS.ingress,
      rtmp_port: PORTS.rtmp,
      whip_port: PORTS.whip,
      cpu_cost: { rtmp_cpu_cost: 2, whip_cpu_cost: 2, min_idle_ratio: 0.3 },
    }),
    'caddy.yaml': stringify({ logging: { logs: { default: { level: 'INFO' } } } }),
    'prometheus.yaml': stringify({ global: { scrape_interval: '10s' } }),
    'config.alloy': '// collects container logs\n',
  };
}

const MASTER_TEMPLATES: Files = {
  'caddy.yaml': stringify({ logging: { logs: { default: { level: 'INFO' } } } }),
  'config.alloy': '// collects container logs\n',
  'dashboard.env': 'ADMIN_USERNAME=${openvidu.DASHBOARD_ADMIN_USERNAME}\nADMIN_PASSWORD=${openvidu.DASHBOARD_ADMIN_PASSWORD}\n',
  'grafana/grafana.ini': '[server]\nroot_url = /grafana\n',
  'loki.yaml': stringify({ auth_enabled: false, server: { http_listen_port: PORTS.loki } }),
  'meet.env': 'MEET_BASE_PATH=${openvidu.MEET_BASE_PATH}\n',
  'mimir.yaml': stringify({ multitenancy_enabled: false, server: { http_listen_port: PORTS.mimir } }),
  'minio.env': 'MINIO_ROOT_USER=${openvidu.MINIO_ACCESS_KEY}\nMINIO_ROOT_PASSWORD=${openvidu.MINIO_SECRET_KEY}\n',
  'mongo.env': 'MONGO_INITDB_ROOT_USERNAME=${openvidu.MONGO_ADMIN_USERNAME}\n',
  'operator.env': 'MODE=master_node\n',
  'redis.env': 'REDIS_PASSWORD=${master_node.REDIS_PASSWORD:?mandatory}\n',
  'v2compatibility.env': 'V2COMPAT_OPENVIDU_SHIM_PORT=4443\n',
};

const under = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

function compose(facts: DeploymentFacts, host: HostPlan): string {
  const services = servicesOf(host.role, host.index, facts.version);
  const entry = (service: (typeof services)[number]) => ({
    image: service.image,
    container_name: service.container,
    network_mode: 'host',
    restart: facts.restartPolicy,
    ...(service.labels && { labels: service.labels }),
  });
  return stringify({ services: Object.fromEntries(services.map((service) => [service.container, entry(service)])) });
}

/** Everything below the install folder of one host, by path relative to it. */
export function installTree(facts: DeploymentFacts, host: HostPlan): Files {
  const info = `version: "${facts.version}"\nenvironment: "on_premise"\ndeployment_type: "ha"\nnode_role: "${host.role}-node"\n`;
  const always: Files = { 'docker-compose.yml': compose(facts, host), 'deployment-info.yaml': info };
  const perNode = env(nodeEnv(facts, host));
  if (facts.layout === 'per-node') {
    const templates = host.role === 'master' ? MASTER_TEMPLATES : mediaTemplates(facts);
    return { ...always, '.env': env(openviduEnv(facts)) + perNode, ...under('config', templates) };
  }
  if (host.role === 'media') return { ...always, 'config/node/media_node.env': perNode };
  return {
    ...always,
    'config/cluster/openvidu.env': env(openviduEnv(facts)),
    ...under('config/cluster/master_node', MASTER_TEMPLATES),
    ...under('config/cluster/media_node', mediaTemplates(facts)),
    'config/node/master_node.env': perNode,
  };
}
