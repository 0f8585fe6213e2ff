import { endOnSignal, port, ready, serve } from './wire/service.mjs';

endOnSignal();
await serve(port('mimir'), { '/ready': [200, 'ready\n'] });
ready();
