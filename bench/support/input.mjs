import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tool } from './tools.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const small = join(root, 'fixtures/archives/small.zip');
/** Squidex's archive of 19,996 events, where it lies beside the checkout. */
const b20k = join(root, '../shared/fixtures/archives/b20k.zip');

/** The archive to measure with: the caller's own, else about 200,000 events grown from b20k, else what the repository has, grown. */
export function prepareInput(folder, { smoke, archive }) {
  if (archive) return { archive };
  if (smoke) return { archive: small };
  return { archive: existsSync(b20k) ? grow(b20k, join(folder, 'b200k.zip'), 10) : grow(small, join(folder, 'grown.zip'), 500) };
}

/** `times` times the contents' events of an archive. */
export function grow(from, to, times) {
  console.log(`growing ${from} ${times} times …`);
  tool('python3', [join(root, 'bench/grow_archive.py'), from, to, String(times)]);
  return to;
}

/** What the bench of large archives grows. */
export function seed(smoke) {
  return !smoke && existsSync(b20k) ? b20k : small;
}
