import type { Principal } from '@reprise/contracts';
import { Clock, RepriseError } from '@reprise/kernel';
import type { PatientBus } from '@reprise/messaging-core';
import { expect, it } from 'vitest';
import { Principals } from './principals.js';

const DAY = 24 * 60 * 60 * 1_000;

class TwoClocks extends Clock {
  wall = 0;
  passed = 0;

  now(): Date {
    return new Date(this.wall);
  }
  elapsed(): number {
    return this.passed;
  }
}

it('a client that is revoked is out ten seconds later, whatever the clock on the wall is set to', async () => {
  const clock = new TwoClocks();
  const root: Principal = { actor: 'client:root', administrator: true };
  let revoked = false;
  const bus = {
    request: async () => {
      if (revoked) throw new RepriseError('unauthenticated', 'auth.invalid-token', 'The token is no longer valid.');
      return { principal: root };
    },
  } as unknown as PatientBus;
  const principals = new Principals(bus, clock);
  expect(await principals.of('token')).toEqual(root);
  revoked = true;
  clock.wall += DAY;
  clock.passed = 9_999;
  expect(await principals.of('token')).toEqual(root);
  clock.wall -= 2 * DAY;
  clock.passed = 10_000;
  await expect(principals.of('token')).rejects.toMatchObject({ code: 'auth.invalid-token' });
});
