import { may } from '@reprise/access';
import type { Job } from '@reprise/backup-core';
import type { Principal } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';

/** A job is there for those who may do with it what they like; for others it isn't. */
export function maySeeJob(principal: Principal, job: Job): boolean {
  if (job.deleteRequested) return false;
  if (job.kind !== 'restore') return may(principal, 'own', job.app.id);
  return principal.administrator || principal.actor === job.requester.actor;
}

export function backupNotFound(): RepriseError {
  return new RepriseError('not-found', 'backups.not-found', 'The backup does not exist, or it is not completed.');
}
