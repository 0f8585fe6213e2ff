import { endOnSignal, port, ready, serve } from './wire/service.mjs';

endOnSignal();
await serve(port('alloy'), { '/-/ready': [200, 'Alloy is ready.\n'] });
ready();
