import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** For a busy machine. */
const INSTALLED_WITHIN_MS = 240_000;

/** What a suite that runs Python says when it is skipped. */
export const HOW_TO_ENABLE_PIKA = 'needs python3 with pika: pip install pika, or set REPRISE_TEST_PYTHON to one that has it';

/** For tests of programs that have nothing of ours: a Python with `pika`, from the environment, the machine, or the package index; undefined where there is none. */
export async function pythonWithPika(): Promise<{ program: string; remove(): Promise<void> } | undefined> {
  const remove = async () => {};
  for (const program of [process.env.REPRISE_TEST_PYTHON, 'python3']) if (program && (await hasPika(program))) return { program, remove };
  const folder = await mkdtemp(join(tmpdir(), 'reprise-python-'));
  const program = join(folder, 'bin', 'python');
  try {
    await run('python3', ['-m', 'venv', folder], { timeout: INSTALLED_WITHIN_MS });
    await run(program, ['-m', 'pip', 'install', '--quiet', 'pika'], { timeout: INSTALLED_WITHIN_MS });
    if (await hasPika(program)) return { program, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 10 }) };
  } catch {
    // No Python, no network: then it is skipped.
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  return undefined;
}

function hasPika(program: string): Promise<boolean> {
  return run(program, ['-c', 'import pika'], { timeout: 30_000 }).then(
    () => true,
    () => false,
  );
}
