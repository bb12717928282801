import type { AppRef, Principal } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';

/** What the built-in roles may do here; a role of an app's own may read. */
const EDITORS = ['Owner', 'Developer', 'Editor'];
const DEVELOPERS = ['Owner', 'Developer'];

/** Whoever may not even see the app learns nothing of it: `apps.not-found`. */
export function checkMayRead(principal: Principal, app: AppRef): void {
  if (principal.administrator || principal.app?.id === app.id) return;
  throw new RepriseError('not-found', 'apps.not-found', 'There is no such app, or you may not see it.');
}

/** To write contents. Errors `apps.not-found`, `auth.forbidden`. */
export function checkMayEdit(principal: Principal, app: AppRef): void {
  checkRole(principal, app, EDITORS);
}

/** To write schemas. Errors `apps.not-found`, `auth.forbidden`. */
export function checkMayDevelop(principal: Principal, app: AppRef): void {
  checkRole(principal, app, DEVELOPERS);
}

function checkRole(principal: Principal, app: AppRef, roles: readonly string[]): void {
  checkMayRead(principal, app);
  if (principal.administrator || roles.includes(principal.app?.role ?? '')) return;
  throw new RepriseError('forbidden', 'auth.forbidden', `Only a client with the role ${roles.join(', ')} may do this.`);
}
