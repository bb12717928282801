import { appendFileSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { ownService } from '../own-service.js';

/** Answers how often it was called before. */
interface Odd {
  count(): number;
}

/** Whether this process is a worker service, and the first of its kind that came here: then it is the odd one. Counts what it does differently. */
export function oddOne(): Odd | undefined {
  const file = ownFile();
  if (file === undefined) return undefined;
  try {
    closeSync(openSync(file, 'wx'));
  } catch {
    return undefined;
  }
  return counting(file);
}

/** Whether this process is a worker service: all of them are odd. */
export function everyOne(): Odd | undefined {
  const file = ownFile();
  return file === undefined ? undefined : counting(file);
}

function ownFile(): string | undefined {
  const service = ownService();
  const folder = process.env['REPRISE_ODD_FOLDER'];
  if (!isMainThread || service === undefined || folder === undefined || ['cluster', 'migration', 'gateway'].includes(service)) return undefined;
  return join(folder, service);
}

function counting(file: string): Odd {
  let counted = 0;
  process.on('exit', () => appendFileSync(file, `${counted}\n`));
  return { count: () => counted++ };
}
