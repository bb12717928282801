/** The command line as a function; `main.ts` is the program. */
export { run } from './run.js';
export { ExitCode } from './exit-codes.js';
