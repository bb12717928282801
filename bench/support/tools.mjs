import { execFileSync } from 'node:child_process';

/** Runs a program to its end. Its output is not shown; an exit code other than 0 is an error that tells it. */
export function tool(program, args, options = {}) {
  return execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 28, ...options }).toString();
}
