import { PORTS, type LabPlan } from '@/lab/plan';

/**
 * HAProxy in front, as the product's network load balancer: HTTP and WebSockets to the masters' Caddy, which must answer
 * /health/caddy with 200. A tunnel stays open for an hour of silence; a client of a dead server is cut at once.
 */
export function haproxyConfig(plan: LabPlan): string {
  return `global
    maxconn 4096
    log stdout format raw local0 warning

defaults
    mode http
    log global
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    timeout tunnel 1h
    option redispatch
    retries 2

frontend public
    bind ${plan.balancer}:${PORTS.caddy}
    default_backend masters

backend masters
    balance roundrobin
    option httpchk GET /health/caddy
    http-check expect status 200
    default-server inter 1s fastinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${plan.masters.map((master) => `    server ${master.name} ${master.address}:${PORTS.caddy} check`).join('\n')}
`;
}
