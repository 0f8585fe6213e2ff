// Stands in for the console in the launcher's tests: says what reached it, streams events, and can be told to die.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const read = (file) => {
  try {
    return `${process.getuid()} read ${readFileSync(file).length}`;
  } catch (error) {
    return `${process.getuid()} ${error.code}`;
  }
};

createServer((request, response) => {
  if (request.url === '/die') process.exit(1);
  if (request.url.startsWith('/read?')) return response.end(read(decodeURIComponent(request.url.slice('/read?'.length))));
  if (request.url === '/stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let n = 0;
    const timer = setInterval(() => response.write(`data: ${(n += 1)}\n\n`), 50);
    request.once('close', () => clearInterval(timer));
    return;
  }
  let size = 0;
  request.on('data', (chunk) => (size += chunk.length));
  request.on('end', () => {
    response.writeHead(
      200,
      [
        ['content-type', 'application/json'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ].flat(),
    );
    response.end(
      JSON.stringify({ pid: process.pid, headers: request.headers, url: request.url, size, env: Object.keys(process.env) }),
    );
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
