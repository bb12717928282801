import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ArchivePool } from './index.js';
import { refusalOf } from './spec-archives.js';
import { fixturesDir } from './spec-fixtures.js';

const pool = new ArchivePool({ threads: 1 });
afterAll(() => pool.destroy());

/** Small files that once were answered wrongly, or that nobody should have to think of again. What is expected of each is its name's first part. */
describe('the corpus', () => {
  const folder = join(fixturesDir(), '..', 'libs/backup/archive/corpus');
  const files = readdirSync(folder).filter((name) => name.endsWith('.zip'));

  it.each(files)('is answered as its name says: %s', async (name) => {
    const expected = name.replace(/(--.*)?\.zip$/, '');
    const refusal = await refusalOf(readFileSync(join(folder, name)), pool);
    expect(refusal?.code ?? 'accepted').toBe(expected === 'accepted' ? expected : `archive.${expected}`);
  });

  it('has something in it', () => expect(files.length).toBeGreaterThan(5));
});
