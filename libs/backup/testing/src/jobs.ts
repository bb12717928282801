import { newBackup, newProof, newRestore, newVerification, type BackupJob, type ProofJob, type RestoreJob, type VerificationJob } from '@reprise/backup-core';
import { newId } from '@reprise/kernel';

export const NOW = new Date('2026-03-01T08:00:00.000Z');

const principal = { actor: 'client:root', administrator: true };

export function aBackup(app: { id: string; name: string }, parts: Partial<BackupJob> = {}): BackupJob {
  return { ...newBackup({ id: newId(), principal, now: NOW, app }), ...parts };
}

/** As it is once its archive is there. */
export function completed(job: BackupJob): BackupJob {
  const archive = { key: `archives/${job.id}.zip`, size: 1_000, etag: `${job.id}-root`, fileName: 'backup.zip' };
  return { ...job, stage: 'finished', status: 'Completed', announced: true, archive };
}

export function aRestore(parts: Partial<RestoreJob> = {}): RestoreJob {
  const start = newRestore({ id: newId(), principal, now: NOW, source: { kind: 'url', url: 'https://cms.example.com/a.zip' }, appId: newId(), dryRun: false });
  return { ...start, ...parts };
}

export function aVerification(backup: BackupJob, parts: Partial<VerificationJob> = {}): VerificationJob {
  return { ...newVerification({ id: newId(), principal, now: NOW, backup }), ...parts };
}

export function aProof(backup: BackupJob, parts: Partial<ProofJob> = {}): ProofJob {
  return { ...newProof({ id: newId(), principal, now: NOW, backup, appId: newId() }), ...parts };
}
