import { endOnSignal, port, ready, serve } from './wire/service.mjs';

endOnSignal();
await serve(port('grafana'), { '/api/health': [200, { commit: 'simulated', database: 'ok', version: '11.0.0' }] });
ready();
