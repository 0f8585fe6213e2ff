import { connect, createServer } from 'node:net';

// slow-proxy.mjs ADDRESS PORT TARGET-PORT MILLISECONDS: a TCP proxy that hands on every byte so much later, in order.
const [address, port, target, delay] = process.argv.slice(2);

function late(from, to) {
  from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), Number(delay)));
  from.on('end', () => setTimeout(() => to.end(), Number(delay)));
  from.on('error', () => to.destroy());
  from.on('close', () => setTimeout(() => to.destroy(), Number(delay)));
}

const server = createServer({ allowHalfOpen: true }, (client) => {
  const upstream = connect({ host: address, port: Number(target), allowHalfOpen: true });
  late(client, upstream);
  late(upstream, client);
});
// The SSH server that held the port may take a moment to end.
server.on('error', () => setTimeout(() => server.listen(Number(port), address), 50));
server.listen(Number(port), address);
