import { followRestore, isFinished, restoreFile } from '@reprise/gateway-client';
import type { Command } from 'commander';
import { connect, type ConnectionOptions, withConnection } from '../connection.js';
import { existingFile } from '../existing-file.js';
import { CommandError, ExitCode } from '../exit-codes.js';
import { JobPrinter, type Terminal } from '../job-printer.js';

interface RestoreOptions extends ConnectionOptions {
  name?: string;
  dryRun?: boolean;
}

/** `restore FILE`: sends an archive and follows its restore to the end. */
export function addRestore(program: Command, env: NodeJS.ProcessEnv, terminal: Terminal): void {
  const command = program
    .command('restore')
    .description('restore an archive into a new app')
    .argument('<file>', 'the archive (ZIP), written by Reprise or Squidex')
    .option('--name <name>', "the new app's name; the one in the archive if absent")
    .option('--dry-run', 'only look into the archive and report');
  withConnection(command, env).action((file: string, options: RestoreOptions) => restore(file, options, env, terminal));
}

async function restore(file: string, options: RestoreOptions, env: NodeJS.ProcessEnv, terminal: Terminal): Promise<void> {
  const path = await existingFile(file, env);
  const client = connect(options, env);
  const id = await restoreFile(client, path, { ...(options.name === undefined ? {} : { name: options.name }), ...(options.dryRun ? { dryRun: true } : {}) });
  const printer = new JobPrinter(terminal);
  const started = Date.now();
  const job = await followRestore(client, id, (look) => printer.show(look, isFinished(look)));
  if (job.status !== 'Completed') throw new CommandError(ExitCode.jobFailed, `The restore ended as ${job.status}${job.error ? `: ${job.error.message}` : '.'}`);
  if (options.dryRun) return void terminal.write(`${JSON.stringify(job.report, null, 2)}\n`);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  terminal.write(`Restored '${job.appName}' with ${job.handledEvents} events and ${job.handledAssets} assets in ${seconds} s.\n`);
}
