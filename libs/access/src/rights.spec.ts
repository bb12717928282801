import type { Principal } from '@reprise/contracts';
import { describe, expect, it } from 'vitest';
import { checkAdministrator, checkMay, checkMaySee, may, type Right } from './rights.js';

const app = { id: 'a1', name: 'shop' };
const root: Principal = { actor: 'client:root', administrator: true };
const as = (role: string, id = app.id): Principal => ({ actor: 'client:shop:c', administrator: false, app: { id, name: 'shop', role } });

describe('a role', () => {
  it.each<[string, Right[]]>([
    ['Owner', ['edit', 'develop', 'own']],
    ['Developer', ['edit', 'develop']],
    ['Editor', ['edit']],
    ['Reader', []],
    ['Writers', []],
    ['constructor', []],
  ])('%s may %j, beside reading', (role, rights) => {
    expect((['edit', 'develop', 'own'] as const).filter((right) => may(as(role), right, app.id))).toEqual(rights);
    expect(() => checkMaySee(as(role), app)).not.toThrow();
  });

  it('is worth nothing in another app, which is not even there', () => {
    for (const check of [checkMaySee, (caller: Principal) => checkMay(caller, 'edit', app)]) {
      expect(() => check(as('Owner', 'a2'), app)).toThrow(expect.objectContaining({ kind: 'not-found', code: 'apps.not-found' }));
    }
  });

  it('that is too small is told which would do', () => {
    expect(() => checkMay(as('Editor'), 'develop', app)).toThrow(
      expect.objectContaining({ code: 'auth.forbidden', message: expect.stringContaining('Owner or Developer') }),
    );
    expect(() => checkAdministrator(as('Owner'))).toThrow(expect.objectContaining({ code: 'auth.forbidden' }));
  });

  it('is not needed by an administrator', () => {
    expect(() => checkMay(root, 'own', app)).not.toThrow();
    expect(() => checkAdministrator(root)).not.toThrow();
  });
});
