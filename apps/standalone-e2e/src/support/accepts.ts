import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './fixtures.js';

/** What the model of Squidex's restore says of an archive: `ACCEPTED`, or why not. Undefined without Python. */
export async function squidexSays(archive: Buffer, options: { strict: boolean }): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-accepts-'));
  try {
    const file = join(folder, 'archive.zip');
    await writeFile(file, archive);
    const args = [join(root, 'fixtures/squidex_accepts.py'), ...(options.strict ? ['--strict'] : []), file];
    const { stdout } = await promisify(execFile)('python3', args).catch((error: { code?: unknown; stdout?: string; stderr?: string }) => {
      if (error.code === 'ENOENT') return { stdout: undefined };
      return { stdout: `${error.stdout}${error.stderr}` };
    });
    return stdout === undefined ? undefined : /ACCEPTED/.test(stdout) && !/REJECTED/.test(stdout) ? 'ACCEPTED' : stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
