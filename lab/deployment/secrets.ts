import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** Credentials of one lab, random at its start; the same keys as the product's env files. */
export const labSecrets = z.object({
  livekitApiKey: z.string(),
  livekitApiSecret: z.string(),
  redisPassword: z.string(),
  minioAccessKey: z.string(),
  minioSecretKey: z.string(),
  mongoPassword: z.string(),
  dashboardPassword: z.string(),
  grafanaPassword: z.string(),
  meetPassword: z.string(),
  license: z.string(),
});
export type LabSecrets = z.output<typeof labSecrets>;

const word = (bytes: number) => randomBytes(bytes).toString('hex');

export const newSecrets = (): LabSecrets => ({
  livekitApiKey: `API${word(6)}`,
  livekitApiSecret: word(24),
  redisPassword: word(16),
  minioAccessKey: word(8),
  minioSecretKey: word(16),
  mongoPassword: word(16),
  dashboardPassword: word(8),
  grafanaPassword: word(8),
  meetPassword: word(8),
  license: `lab-${word(12)}`,
});
