import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type pg from 'pg';
import { Unauthenticated } from '@/lib/core/errors';
import { answering, identified } from './request';
import type { Runtime } from './runtime';
import type { StreamHub } from './stream/hub';

export type Metrics = {
  registry: Registry;
  /** `route`: the name in the contract, never the address, which has names of deployments and no bound. */
  request: (route: string, method: string, status: number, seconds: number) => void;
};

export function createMetrics({ pool, hub }: { pool: pg.Pool; hub: StreamHub }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'signalbox_http_requests_total',
    help: 'Requests that the API answered',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'signalbox_http_request_duration_seconds',
    help: 'Time to the answer; of a stream: to its opening',
    labelNames: ['route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('signalbox_stream_readers', 'Open event streams of this process', () => hub.size);
  gauge('signalbox_database_connections', 'Connections to the database', () => pool.totalCount);
  gauge('signalbox_database_connections_waiting', 'Requests that wait for a connection', () => pool.waitingCount);
  return {
    registry,
    request: (route, method, status, took) => {
      requests.inc({ route, method, status });
      seconds.observe({ route }, took);
    },
  };
}

/**
 * GET /metrics for Prometheus. Needs a token of scope read (or a session): the launcher's gate stands in front, so that
 * every request comes from this machine and its address says nothing.
 */
export function handleMetrics(rt: Runtime, request: Request): Promise<Response> {
  return answering(rt, request, async (handled) => {
    handled.route = 'metrics';
    const { actor } = await identified(rt, handled);
    if (!actor) throw new Unauthenticated();
    const { registry } = rt.metrics;
    return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } });
  });
}
