import { endOnSignal, port, ready, serve } from './wire/service.mjs';

endOnSignal();
await serve(port('meet'), {}, [200, 'OpenVidu Meet (simulated)']);
ready();
