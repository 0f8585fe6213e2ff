import { endOnSignal, port, ready, serve } from './wire/service.mjs';

endOnSignal();
await serve(port('dashboard'), {}, [200, 'OpenVidu Dashboard (simulated)']);
ready();
