import { z } from 'zod';

/** What a lab can be asked for. Everything has a default; two labs differ by name and octet. */
export const labOptions = z.object({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'lower-case letters, digits and dashes')
    .optional(),
  /** Third part of the product's own network: every address of the lab is 127.<octet>.0.x. Default: first free from 77. */
  octet: z.number().int().min(10).max(254).optional(),
  media: z.number().int().min(1).max(12).default(3),
  /** 3.0 installations keep one .env a node; 3.1 and later share config/cluster/ (openvidu.io, changing-config). */
  layout: z.enum(['cluster', 'per-node']).default('cluster'),
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/)
    .optional(),
  /** Docker's restart policy of every container; the product's own is not published. */
  restartPolicy: z.enum(['no', 'on-failure', 'unless-stopped', 'always']).default('unless-stopped'),
  sshPort: z.number().int().min(1).max(65535).optional(),
  /** A second SSH user with passwordless sudo; each string is one sudoers rule after `observer `. */
  observer: z.array(z.string()).default(['ALL=(root) NOPASSWD: ALL']),
  webhookUrls: z.array(z.url()).default([]),
  /** `standin` forces the stand-in `docker` where a real engine could run: the contract test compares the two. */
  engine: z.enum(['auto', 'docker', 'standin']).default('auto'),
  livekit: z.enum(['auto', 'real', 'simulated']).default('auto'),
  /** A detached lab outlives its starter and ends only by `lab down`. */
  detached: z.boolean().default(false),
});

export type LabOptions = z.input<typeof labOptions>;
export type ResolvedOptions = z.output<typeof labOptions>;

export const versionOf = (options: Pick<ResolvedOptions, 'layout' | 'version'>) =>
  options.version ?? (options.layout === 'per-node' ? '3.0.0' : '3.9.0');
