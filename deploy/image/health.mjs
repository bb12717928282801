/**
 * Whether what runs in this container can do its work: ends with 0 or 1. A service of a cluster is asked at its health port; standalone,
 * which has none, at its own. See `HEALTHCHECK` in the Dockerfile.
 */
import { readFileSync } from 'node:fs';

const { PORT = '8080', REPRISE_HEALTH_PORT = '8081' } = process.env;
const ask = (port, path) => fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(3_000) });

const isStandalone = readFileSync('/proc/1/cmdline', 'utf8').includes('standalone');
const answer = await (isStandalone ? ask(PORT, '/api/ping') : ask(REPRISE_HEALTH_PORT, '/readyz')).catch(() => undefined);
if (answer && !answer.ok) console.error(await answer.text());
process.exit(answer?.ok ? 0 : 1);
