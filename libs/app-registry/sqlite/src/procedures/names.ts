import type { DatabaseSync } from 'node:sqlite';
import { appIdTaken, nameTaken, reservationLost } from '@reprise/app-registry-core';
import { first, run } from '@reprise/sqlite';
import { APP_COLUMNS, type AppRow } from './rows.js';
import { tombstones } from './tombstones.js';

export interface NameArgs {
  name: string;
  appId: string;
  holder: string;
  now: number;
}

export const names = {
  reserve(db: DatabaseSync, { name, appId, holder, now }: NameArgs): AppRow {
    const own = first<AppRow>(db, `SELECT ${APP_COLUMNS} FROM registry_apps WHERE holder = ? AND name = ?`, [holder, name]);
    if (own) return own;
    tombstones.check(db, appId);
    if (first(db, `SELECT 1 FROM registry_apps WHERE name = ? AND state <> 'deleted'`, [name])) throw nameTaken(name);
    if (first(db, 'SELECT 1 FROM registry_apps WHERE app_id = ?', [appId])) throw appIdTaken();
    run(db, `INSERT INTO registry_apps (${APP_COLUMNS}) VALUES (?, ?, 'reserved', ?, ?)`, [appId, name, holder, now]);
    return { app_id: appId, name, state: 'reserved', holder, changed: now };
  },

  take(db: DatabaseSync, { name, appId, holder, now }: NameArgs): void {
    const own = first<AppRow>(db, `SELECT ${APP_COLUMNS} FROM registry_apps WHERE app_id = ? AND name = ? AND holder = ?`, [appId, name, holder]);
    if (!own) throw reservationLost(name);
    if (own.state !== 'reserved') return;
    run(db, `UPDATE registry_apps SET state = 'living', changed = ? WHERE app_id = ?`, [now, appId]);
    const reserved = 'SELECT user_id FROM registry_user_reservations WHERE job_id = ?';
    run(db, `UPDATE registry_users SET real = 1 WHERE id IN (${reserved})`, [holder]);
    run(db, `DELETE FROM registry_user_reservations WHERE user_id IN (${reserved})`, [holder]);
  },

  release(db: DatabaseSync, { name, appId, holder }: Omit<NameArgs, 'now'>): void {
    run(db, `DELETE FROM registry_apps WHERE app_id = ? AND name = ? AND holder = ? AND state = 'reserved'`, [appId, name, holder]);
  },

  markDeleted(db: DatabaseSync, { appId, now }: { appId: string; now: number }): void {
    run(db, `UPDATE registry_apps SET state = 'deleted', changed = ? WHERE app_id = ? AND state = 'living'`, [now, appId]);
  },
};
