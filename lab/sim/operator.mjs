import { endOnSignal, ready } from './wire/service.mjs';

// The operator has no port: it watches the other services. Only its process is simulated.
endOnSignal();
process.on('SIGQUIT', () => process.exit(0));
setInterval(() => undefined, 2 ** 30);
ready();
