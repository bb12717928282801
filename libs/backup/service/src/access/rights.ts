import type { Principal } from '@reprise/contracts';
import type { Job } from '@reprise/backup-core';
import { RepriseError } from '@reprise/kernel';

const BACKUP_ROLES = new Set(['Owner', 'Developer']);

/** Whether the principal may make, see, fetch and delete backups of the app. */
export function mayBackUp(principal: Principal, appId: string): boolean {
  return principal.administrator || (principal.app?.id === appId && BACKUP_ROLES.has(principal.app.role));
}

/** Errors: `apps.not-found` for the app of others, `auth.forbidden` for a role that may not. */
export function assertMayBackUp(principal: Principal, appId: string): void {
  if (mayBackUp(principal, appId)) return;
  if (principal.app?.id !== appId) throw new RepriseError('not-found', 'apps.not-found', 'The app does not exist.');
  throw forbidden('Your role does not allow backups. Ask an owner or developer of the app.');
}

/** Error `auth.forbidden`. */
export function assertAdministrator(principal: Principal): void {
  if (!principal.administrator) throw forbidden('Only an administrator may do this.');
}

/** A job is there for those who may do with it what they like; for others it isn't. */
export function maySee(principal: Principal, job: Job): boolean {
  if (job.deleteRequested) return false;
  if (job.kind === 'backup') return mayBackUp(principal, job.app.id);
  return principal.administrator || principal.actor === job.requester.actor;
}

function forbidden(message: string): RepriseError {
  return new RepriseError('forbidden', 'auth.forbidden', message);
}
