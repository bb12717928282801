import type { AppRef, Principal } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import { appNotFound } from '../commands/existing-app.js';

/** Whoever may not even see an app learns nothing of it: `apps.not-found`. */
export function checkMaySee(principal: Principal, appId: string): void {
  if (!maySee(principal, appId)) throw appNotFound();
}

export function maySee(principal: Principal, appId: string): boolean {
  return principal.administrator || principal.app?.id === appId;
}

/** Settings of an app (languages, clients, contributors, its end) are its owners' affair. Errors `apps.not-found`, `auth.forbidden`. */
export function checkMayConfigure(principal: Principal, app: AppRef): void {
  checkMaySee(principal, app.id);
  if (!principal.administrator && principal.app?.role !== 'Owner') throw forbidden('Only owners of the app may do this.');
}

/** Error `auth.forbidden`. */
export function checkAdministrator(principal: Principal): void {
  if (!principal.administrator) throw forbidden("Only the installation's administrators may do this.");
}

function forbidden(message: string): RepriseError {
  return new RepriseError('forbidden', 'auth.forbidden', message);
}
