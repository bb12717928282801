import type { RegistryStore } from '@reprise/app-registry-core';
import { describe, expect, it } from 'vitest';

const now = new Date('2025-03-01T08:00:00Z');
const job = (number: number) => ({ jobId: `job-${number}`, appId: `a${number}` });
const person = { id: 'u1', email: 'Some.Body@Example.org', displayName: 'Somebody' };

export function usersContract(store: () => RegistryStore): void {
  const users = () => store().users;
  const restoreOf = async (appId: string, jobId: string) => {
    await store().names.reserve({ name: appId, appId, holder: jobId, now });
    return { take: () => store().names.take({ name: appId, appId, holder: jobId, now }) };
  };

  describe('users', () => {
    it('are found by id and by e-mail in any case', async () => {
      await users().create(person);
      expect(await users().byIds(['u1', 'nobody'])).toEqual([person]);
      expect(await users().byEmail('some.body@EXAMPLE.ORG')).toEqual(person);
      expect(await users().byEmail('else@example.org')).toBeUndefined();
      expect(await users().byIds([])).toEqual([]);
    });

    it('have an e-mail of their own', async () => {
      await users().create(person);
      await expect(users().create({ id: 'u2', email: 'some.body@example.org', displayName: 'Else' })).rejects.toMatchObject({
        kind: 'invalid',
        code: 'users.email-taken',
      });
    });

    it('are resolved by e-mail, the missing left out', async () => {
      await users().create(person);
      expect(await users().resolve(['SOME.BODY@example.org', 'new@example.org'])).toEqual({ ids: { 'SOME.BODY@example.org': 'u1' }, created: [] });
    });

    it('that a job reserves are nobody until it takes its name', async () => {
      await users().create(person);
      const restore = await restoreOf('a1', 'job-1');
      const { ids, created } = await users().resolve([person.email, 'new@example.org', 'New@example.org'], job(1));
      expect(ids[person.email]).toBe('u1');
      expect(created).toEqual(['new@example.org']);
      expect(ids['New@example.org']).toBe(ids['new@example.org']);
      expect(await users().byEmail('new@example.org')).toBeUndefined();
      expect(await users().byIds(Object.values(ids))).toEqual([person]);
      await restore.take();
      expect(await users().byEmail('new@example.org')).toMatchObject({ id: ids['new@example.org'] });
    });

    it('get the same ids when a job asks again', async () => {
      const first = await users().resolve(['new@example.org'], job(1));
      expect((await users().resolve(['new@example.org'], job(1))).ids).toEqual(first.ids);
    });

    it('that two jobs reserve stay while one of them wants them', async () => {
      const one = await users().resolve(['new@example.org'], job(1));
      const two = await users().resolve(['new@example.org'], job(2));
      expect(two).toEqual({ ids: one.ids, created: [] });
      await store().discard('a1', 'job-1');
      const restore = await restoreOf('a2', 'job-2');
      await restore.take();
      expect(await users().byIds(Object.values(one.ids))).toHaveLength(1);
    });

    it('go with the last job that reserved them', async () => {
      const { ids } = await users().resolve(['new@example.org'], job(1));
      await store().discard('a1', 'job-1');
      await expect(users().resolve(['new@example.org'], job(1))).rejects.toMatchObject({ code: 'apps.discarded' });
      const again = await users().resolve(['new@example.org'], job(2));
      expect(again.created).toEqual(['new@example.org']);
      expect(again.ids).not.toEqual(ids);
    });

    it('that somebody creates meanwhile are real under the reserved id, and stay', async () => {
      const { ids } = await users().resolve(['new@example.org'], job(1));
      const created = await users().create({ id: 'u9', email: 'New@example.org', displayName: 'New' });
      expect(created).toEqual({ id: ids['new@example.org'], email: 'New@example.org', displayName: 'New' });
      await store().discard('a1', 'job-1');
      expect(await users().byEmail('new@example.org')).toEqual(created);
    });
  });
}
