import { endOnSignal, port, ready, serve } from './wire/service.mjs';

endOnSignal();
await serve(port('prometheus'), {
  '/-/ready': [200, 'Prometheus Server is Ready.\n'],
  '/-/healthy': [200, 'Prometheus Server is Healthy.\n'],
});
ready();
