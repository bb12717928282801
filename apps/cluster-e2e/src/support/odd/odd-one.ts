import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** Whether this process is a worker service, and the first of its kind that came here: then it is the odd one. Counts what it does differently. */
export function oddOne(): { count(): void } | undefined {
  const service = /apps\/([a-z-]+)\/dist\/main\.js$/.exec(process.argv[1] ?? '')?.[1];
  const folder = process.env['REPRISE_ODD_FOLDER'];
  if (!isMainThread || service === undefined || folder === undefined || ['cluster', 'migration', 'gateway'].includes(service)) return undefined;
  const file = join(folder, service);
  try {
    closeSync(openSync(file, 'wx'));
  } catch {
    return undefined;
  }
  let counted = 0;
  process.on('exit', () => writeFileSync(file, String(counted)));
  return { count: () => void counted++ };
}
