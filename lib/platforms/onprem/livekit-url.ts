import { hostPort } from '@/lib/rules/secret-endpoint';
import { openLivekit } from '@/lib/links/livekit';
import { livekitTarget } from '@/lib/links/targets';
import { Unreachable, type LinkError } from '@/lib/links/errors';
import type { Found, Report } from '../platform';
import { runStep } from '../step';

const TLS = { verify: true, ca: null };

/**
 * Asks the LiveKit API at the URL of the config; where that cannot be reached from here (a name for the outside, a load
 * balancer), at Caddy of each master. Keeps the URL that answers, else the one of the config.
 */
export async function chooseLivekitUrl(found: Found, report: Report, redisWorks: boolean, signal: AbortSignal): Promise<void> {
  const { livekitUrl, livekitApiKey, masters = [], ports } = found.settings;
  const candidates = [livekitUrl, ...masters.map((m) => `http://${hostPort(m, ports?.caddy ?? 7880)}`)].flatMap((u) => u ?? []);
  await runStep(report, { key: 'livekit', label: 'LiveKit API' }, async () => {
    let first: LinkError | null = null;
    for (const url of candidates) {
      const target = livekitTarget({ livekitUrl: url, livekitApiKey: livekitApiKey ?? null, tls: TLS }, found.secrets);
      if (!target) break;
      try {
        const { rooms } = await openLivekit({ ...target, timeoutMs: 4_000 }).read(signal);
        found.settings.livekitUrl = url;
        if (url !== livekitUrl && livekitUrl)
          found.notes.push(`${livekitUrl} did not answer from here (${first?.message ?? ''}); ${url} does and is taken instead.`);
        return { value: null, detail: `${url} answers: ${rooms.length} rooms.` };
      } catch (error) {
        first ??= error as LinkError; // read() throws no other
      }
    }
    if (first) found.notes.push('The LiveKit API could not be asked: correct its URL.');
    throw first ?? new Unreachable('No LiveKit key was found.', redisWorks ? 'Enter URL, key and secret.' : null);
  });
}
