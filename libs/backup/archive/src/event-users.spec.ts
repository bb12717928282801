import { describe, expect, it } from 'vitest';
import { usersOf } from './event-users.js';

describe('the users that an event names', () => {
  const of = (payload: string) => usersOf('X', payload);

  it('are its actor, if that is a user, wherever it stands', () => {
    const long = `"text":"${'x'.repeat(1_000)}"`;
    for (const others of ['"a":1', long]) {
      expect(of(`{${others},"actor":"subject:u1","fromRule":false}`)).toEqual(['u1']);
      expect(of(`{${others},"actor":"client:c1","fromRule":true}`)).toEqual([]);
      expect(of(`{"actor":"subject:u1",${others}}`)).toEqual(['u1']);
      expect(of(`{"ACTOR" : "subject:u1" , ${others} }`)).toEqual(['u1']);
    }
    expect(of('{"actor":"subject:\\u00fc\\"","fromRule":false}')).toEqual(['ü"']);
  });

  it('are not those that stand deeper, or that are none', () => {
    expect(of('{"x":{"actor":"subject:u1","fromRule":false}}')).toEqual([]);
    for (const actor of ['""', '"u1"', 'null', '7', '{"subject":"u1"}', '["subject:u1"]']) expect(of(`{"actor":${actor}}`)).toEqual([]);
    expect(of('{}')).toEqual([]);
  });

  it('are also those who are assigned as contributors, and nobody who is only removed', () => {
    for (const type of ['AppContributorAssignedEvent', 'appContributorAssignedEventV2']) {
      expect(usersOf(type, '{"contributorId":"u2","role":"Owner","actor":"subject:u1","fromRule":false}')).toEqual(['u2', 'u1']);
      expect(usersOf(type, '{"contributorId":"u2","role":"subject:u3"}')).toEqual(['u2']);
      expect(usersOf(type, '{"contributorId":"subject:u2"}')).toEqual(['subject:u2']);
      expect(usersOf(type, '{"contributorId":"","ContributorID":3}')).toEqual([]);
    }
    expect(usersOf('AppContributorRemovedEvent', '{"contributorId":"u2","actor":"client:c1"}')).toEqual([]);
  });
});
