import { ApiError } from '@reprise/gateway-client';
import { hasCode } from '@reprise/kernel';
import { Command, CommanderError } from 'commander';
import { addDeadLetters } from './commands/dead-letters.js';
import { addRestore } from './commands/restore.js';
import { addVerify } from './commands/verify.js';
import { CommandError, ExitCode } from './exit-codes.js';
import type { Terminal } from './job-printer.js';

export interface Streams {
  out: Terminal;
  err: Terminal;
}

/** Runs the command line `args` (without the program's own name) and answers its exit code, see {@link ExitCode}. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv, { out, err }: Streams): Promise<number> {
  const program = new Command('reprise')
    .description('Backup and replay for event-sourced apps')
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .addHelpText('after', '\nExit codes: 0 done, 1 the job failed or the archive is damaged, 2 wrong command line, 3 nobody answers, 4 refused by the server')
    .exitOverride();
  addRestore(program, env, out);
  addVerify(program, env, out);
  addDeadLetters(program, env, out);
  // Subcommands take over the settings above only when they are told.
  for (const command of program.commands) {
    command.copyInheritedSettings(program);
    for (const part of command.commands) part.copyInheritedSettings(program);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return ExitCode.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    err.write(`reprise: ${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof CommandError) return error.exitCode;
    if (error instanceof ApiError) return error.status >= 500 ? ExitCode.unreachable : ExitCode.refused;
    if (hasCode(error, 'api.unreachable')) return ExitCode.unreachable;
    throw error;
  }
}
