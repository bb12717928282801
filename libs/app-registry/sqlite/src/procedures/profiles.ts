import type { DatabaseSync } from 'node:sqlite';
import { appLiving, type AppProfile } from '@reprise/app-registry-core';
import { first, run } from '@reprise/sqlite';
import { tombstones } from './tombstones.js';
import { dropReservations } from './users.js';

export const profiles = {
  putProfile(db: DatabaseSync, { appId, settings, avatar }: AppProfile & { appId: string }): void {
    tombstones.check(db, appId);
    run(db, 'INSERT OR REPLACE INTO registry_profiles (app_id, settings, avatar_key, avatar_size) VALUES (?, ?, ?, ?)', [
      appId,
      settings,
      avatar?.key ?? null,
      avatar?.size ?? null,
    ]);
  },

  discard(db: DatabaseSync, { appId, holder }: { appId: string; holder: string }): void {
    const place = first<{ state: string }>(db, 'SELECT state FROM registry_apps WHERE app_id = ?', [appId]);
    if (place && place.state !== 'reserved') throw appLiving();
    run(db, 'DELETE FROM registry_apps WHERE app_id = ?', [appId]);
    run(db, 'DELETE FROM registry_profiles WHERE app_id = ?', [appId]);
    dropReservations(db, holder);
    tombstones.add(db, appId);
  },
};
