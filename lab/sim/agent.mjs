import { endOnSignal, ready } from './wire/service.mjs';

// A container labelled openvidu-agent=true. Only its process is simulated: it holds no job and ends at the first signal.
endOnSignal();
process.on('SIGQUIT', () => process.exit(0));
setInterval(() => undefined, 2 ** 30);
ready();
