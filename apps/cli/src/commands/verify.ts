import { ArchivePool, openFile } from '@reprise/backup-archive';
import { type Verification, verifyArchive } from '@reprise/backup-inspection';
import type { Command } from 'commander';
import { existingFile } from '../existing-file.js';
import { CommandError, ExitCode } from '../exit-codes.js';
import { printable, type Terminal } from '../job-printer.js';

/** `verify FILE`: reads every byte of an archive on this machine, without a server. */
export function addVerify(program: Command, env: NodeJS.ProcessEnv, terminal: Terminal): void {
  program
    .command('verify')
    .description('read every byte of an archive and say whether it is whole; needs no server')
    .argument('<file>', 'the archive (ZIP), written by Reprise or Squidex')
    .option('--json', 'print what was found as JSON')
    .action((file: string, options: { json?: boolean }) => verify(file, options, env, terminal));
}

async function verify(file: string, { json }: { json?: boolean }, env: NodeJS.ProcessEnv, terminal: Terminal): Promise<void> {
  const source = await openFile(await existingFile(file, env));
  const pool = new ArchivePool();
  let found: Verification;
  try {
    // A person asks about a file of their own: how large it may be is their affair.
    found = await verifyArchive(source, pool, { limits: { maxArchiveBytes: Number.MAX_SAFE_INTEGER } });
  } finally {
    await pool.destroy();
    await source.close();
  }
  if (json) terminal.write(`${JSON.stringify(found, null, 2)}\n`);
  else for (const line of linesOf(found, source.size)) terminal.write(`${printable(line)}\n`);
  if (!found.ok) throw new CommandError(ExitCode.damaged, `${file} is damaged or incomplete. Don't rely on it: take another copy, or make a new backup.`);
}

function linesOf({ findings, moreFindings, report, ok }: Verification, size: number): string[] {
  const lines = findings.map((finding) => `Wrong: ${finding}`);
  if (moreFindings > 0) lines.push(`Wrong: ${moreFindings} more findings are not shown.`);
  if (report) {
    lines.push(...report.warnings.filter((warning) => !findings.includes(warning)).map((warning) => `Warning: ${warning}`));
    const read = `'${report.app.name}': ${report.events} events, ${report.assets - report.missingAssets} asset files, ${size} bytes`;
    lines.push(ok ? `Every byte was read and nothing is wrong with it. ${read}.` : read);
  }
  return lines;
}
