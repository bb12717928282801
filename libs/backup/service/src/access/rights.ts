import { checkAdministrator, checkMay, may } from '@reprise/access';
import type { Job } from '@reprise/backup-core';
import type { AppRef, Principal } from '@reprise/contracts';
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

/** Backups are their app's owners' affair; those of all apps, living or gone, the administrators'. */
export function checkMayWith(principal: Principal, app: AppRef | undefined): void {
  if (app) checkMay(principal, 'own', app);
  else checkAdministrator(principal);
}
