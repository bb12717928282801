import type { BackupJob, CheckResult, Job, ProofResult } from '@reprise/backup-core';
import { isFinding } from '@reprise/backup-inspection';

type Result<Of extends CheckResult> = Omit<Of, 'at'>;

/** A check that fails of the archive itself has come to a result: it is kept with the backup. Any other failure says nothing about it. */
export function withFinding<J extends Job>(job: J, failure: Error): J {
  if (!isFinding(failure)) return job;
  const result: Result<CheckResult> = { ok: false, findings: [failure.message], moreFindings: 0 };
  if (job.kind === 'verify') return { ...job, result };
  if (job.kind === 'prove') return { ...job, result: { ...result, comparedRows: 0, comparedFolds: 0 } satisfies Result<ProofResult> };
  return job;
}

/** An archive that was put in the place of another may be whole. */
export function rootFindings(backup: BackupJob, root: string | undefined): string[] {
  return root === backup.root ? [] : ['The manifest of the archive is not the one that was written with it: it was changed or exchanged.'];
}

/** How a job ends that has found something. */
export function failedWith(code: string, { findings, moreFindings }: Pick<CheckResult, 'findings' | 'moreFindings'>) {
  const others = findings.length - 1 + moreFindings;
  const message = others > 0 ? `${findings[0]} And ${others} more.` : findings[0]!;
  return { status: 'Failed' as const, error: { code, message } };
}
