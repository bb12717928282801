import type { AppRef, Principal } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import type { DefaultRole } from './roles.js';

/**
 * What more than reading may be done in an app: `edit` its contents and assets, `develop` its schemas, `own` it: its settings, its clients with
 * their secrets, its contributors with their e-mails, its end, and its backups, since an archive holds all of that.
 */
export type Right = 'edit' | 'develop' | 'own';

/** A role of an app's own may read, as everybody of the app. */
const ROLES: Record<Right, readonly DefaultRole[]> = {
  edit: ['Owner', 'Developer', 'Editor'],
  develop: ['Owner', 'Developer'],
  own: ['Owner'],
};

export function maySee(principal: Principal, appId: string): boolean {
  return principal.administrator || principal.app?.id === appId;
}

export function may(principal: Principal, right: Right, appId: string): boolean {
  return principal.administrator || (principal.app?.id === appId && (ROLES[right] as readonly string[]).includes(principal.app.role));
}

/** Whoever may not even see an app learns nothing of it: `apps.not-found`. */
export function checkMaySee(principal: Principal, app: Pick<AppRef, 'id'>): void {
  if (!maySee(principal, app.id)) throw appNotFound();
}

/** Errors `apps.not-found`, `auth.forbidden`. */
export function checkMay(principal: Principal, right: Right, app: Pick<AppRef, 'id'>): void {
  checkMaySee(principal, app);
  if (!may(principal, right, app.id)) throw forbidden(`Only a client of the app with the role ${ROLES[right].join(' or ')} may do this.`);
}

/** Error `auth.forbidden`. */
export function checkAdministrator(principal: Principal): void {
  if (!principal.administrator) throw forbidden("Only the installation's administrators may do this.");
}

export function appNotFound(): RepriseError {
  return new RepriseError('not-found', 'apps.not-found', 'There is no such app, or you may not see it.');
}

function forbidden(message: string): RepriseError {
  return new RepriseError('forbidden', 'auth.forbidden', message);
}
