import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CommandError, ExitCode } from './exit-codes.js';

/** The path of a file that a person named. Error: usage, when there is none. */
export async function existingFile(file: string, env: NodeJS.ProcessEnv): Promise<string> {
  // npm runs scripts in its workspace, and says where it was called.
  const path = resolve(env['INIT_CWD'] ?? '', file);
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) throw new CommandError(ExitCode.usage, `There is no file '${file}'.`);
  return path;
}
