import type { RegistryStore } from '@reprise/app-registry-core';
import { describe, expect, it } from 'vitest';

const now = new Date('2025-03-01T08:00:00Z');

export function profilesContract(store: () => RegistryStore): void {
  const shop = { name: 'shop', appId: 'a1', holder: 'job-1', now };

  describe('profiles', () => {
    it('are empty settings at first, and what was put last', async () => {
      expect(await store().profiles.get('a1')).toEqual({ settings: '{}' });
      await store().profiles.put('a1', { settings: '{"a":1.0}', avatar: { key: 'a1/avatar-1', size: 7 } });
      expect(await store().profiles.get('a1')).toEqual({ settings: '{"a":1.0}', avatar: { key: 'a1/avatar-1', size: 7 } });
      await store().profiles.put('a1', { settings: '{}' });
      expect(await store().profiles.get('a1')).toEqual({ settings: '{}' });
    });
  });

  describe('discarding an app in the making', () => {
    it('leaves nothing of it, and refuses what comes late', async () => {
      await store().names.reserve(shop);
      await store().profiles.put('a1', { settings: '{"a":1}' });
      await store().discard('a1', 'job-1');
      await store().discard('a1', 'job-1');
      expect(await store().names.byName('shop')).toBeUndefined();
      expect(await store().profiles.get('a1')).toEqual({ settings: '{}' });
      await expect(store().names.reserve(shop)).rejects.toMatchObject({ code: 'apps.discarded' });
      await expect(store().profiles.put('a1', { settings: '{}' })).rejects.toMatchObject({ code: 'apps.discarded' });
      await expect(store().names.take(shop)).rejects.toMatchObject({ code: 'apps.reservation-lost' });
    });

    it('is refused once the app lives', async () => {
      await store().names.reserve(shop);
      await store().names.take(shop);
      await expect(store().discard('a1', 'job-1')).rejects.toMatchObject({ kind: 'conflict', code: 'apps.living' });
      expect(await store().names.byName('shop')).toMatchObject({ state: 'living' });
    });
  });
}
