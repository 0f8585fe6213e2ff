import type { NextConfig } from 'next';

const config: NextConfig = {
  output: 'standalone',
  poweredByHeader: false,
  // A lock file in a folder above must not move the root, and with it the place of server.js.
  outputFileTracingRoot: process.cwd(),
  turbopack: { root: process.cwd() },
  // Types are a step of their own in npm run verify; npm start need not check tests.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ['pg', 'pino', '@prisma/client', '@prisma/adapter-pg', 'ssh2', 'prom-client'],
};
export default config;
