import type { RegistryStore } from '@reprise/app-registry-core';
import { describe, expect, it } from 'vitest';

const now = new Date('2025-03-01T08:00:00Z');
const later = new Date('2025-03-01T09:00:00Z');
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

export function namesContract(store: () => RegistryStore): void {
  const names = () => store().names;
  const shop = { name: 'shop', appId: 'a1', holder: 'job-1', now };

  describe('names', () => {
    it("are free, reserved, an app's, and free again when it is deleted", async () => {
      expect(await names().byName('shop')).toBeUndefined();
      await names().reserve(shop);
      expect(await names().byName('shop')).toEqual({ appId: 'a1', name: 'shop', state: 'reserved', holder: 'job-1', changed: now });
      expect(await names().living()).toEqual([]);
      await names().take({ ...shop, now: later });
      expect(await names().byName('shop')).toMatchObject({ state: 'living', changed: later });
      expect(await names().living()).toMatchObject([{ appId: 'a1' }]);
      await names().markDeleted('a1', later);
      expect(await names().byName('shop')).toBeUndefined();
      expect(await names().byId('a1')).toMatchObject({ state: 'deleted', name: 'shop' });
      await names().reserve({ ...shop, appId: 'a2', holder: 'job-2' });
      expect(await names().byName('shop')).toMatchObject({ appId: 'a2' });
    });

    it('belong to one holder of many that ask at once', async () => {
      const attempts = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => names().reserve({ ...shop, appId: `a${i}`, holder: `job-${i}` })));
      expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const attempt of attempts) if (attempt.status === 'rejected') expect(attempt.reason).toMatchObject({ kind: 'conflict', code: 'apps.name-taken' });
    });

    it('stay with whoever has them', async () => {
      await names().reserve(shop);
      await expect(names().reserve({ ...shop, appId: 'a2', holder: 'job-2' })).rejects.toThrow(refusal('apps.name-taken'));
      await names().release({ ...shop, holder: 'job-2' });
      await expect(names().take({ ...shop, holder: 'job-2' })).rejects.toThrow(refusal('apps.reservation-lost'));
      await names().take(shop);
      await names().release(shop);
      await expect(names().reserve({ ...shop, appId: 'a2', holder: 'job-2' })).rejects.toThrow(refusal('apps.name-taken'));
    });

    it('give their holder the same answer again, whatever it has become', async () => {
      await names().reserve(shop);
      expect(await names().reserve({ ...shop, appId: 'other', now: later })).toMatchObject({ appId: 'a1', state: 'reserved', changed: now });
      await names().take(shop);
      await names().take({ ...shop, now: later });
      expect(await names().reserve(shop)).toMatchObject({ appId: 'a1', state: 'living', changed: now });
    });

    it("are free once released, and then can't be taken by the one before", async () => {
      await names().reserve(shop);
      await names().release(shop);
      await names().release(shop);
      await expect(names().take(shop)).rejects.toThrow(refusal('apps.reservation-lost'));
      expect(await names().byId('a1')).toBeUndefined();
    });

    it('are one for each app', async () => {
      await names().reserve(shop);
      await expect(names().reserve({ ...shop, name: 'store' })).rejects.toThrow(refusal('apps.id-taken'));
    });

    it('are listed in their order, reservations by age', async () => {
      for (const [name, at] of [
        ['b', now],
        ['c', later],
        ['a', now],
      ] as const) {
        await names().reserve({ name, appId: `app-${name}`, holder: `job-${name}`, now: at });
      }
      expect((await names().reservations(later)).map(({ name }) => name).sort()).toEqual(['a', 'b']);
      for (const name of ['b', 'c', 'a']) await names().take({ name, appId: `app-${name}`, holder: `job-${name}`, now });
      expect((await names().living()).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
      expect(await names().reservations(new Date(later.getTime() + 1))).toEqual([]);
    });
  });
}
