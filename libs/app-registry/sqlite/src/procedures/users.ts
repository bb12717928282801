import type { DatabaseSync } from 'node:sqlite';
import { emailKey, emailTaken } from '@reprise/app-registry-core';
import type { User } from '@reprise/contracts';
import { first, run } from '@reprise/sqlite';
import { USER_COLUMNS, type UserRow } from './rows.js';
import { tombstones } from './tombstones.js';

export interface ReserveArgs {
  /** With the id that each gets if he is missing. */
  users: { email: string; id: string }[];
  jobId: string;
  appId: string;
}

export const users = {
  createUser(db: DatabaseSync, user: User): User {
    const known = byEmail(db, user.email);
    if (known?.real) throw emailTaken();
    if (known) {
      // Events that a restore is importing name him by this id already.
      run(db, 'UPDATE registry_users SET real = 1, email = ?, display_name = ? WHERE id = ?', [user.email, user.displayName, known.id]);
      run(db, 'DELETE FROM registry_user_reservations WHERE user_id = ?', [known.id]);
      return { ...user, id: known.id };
    }
    insert(db, user, true);
    return user;
  },

  reserveUsers(db: DatabaseSync, { users, jobId, appId }: ReserveArgs): { ids: Record<string, string>; created: string[] } {
    tombstones.check(db, appId);
    const ids: [string, string][] = [];
    const created: string[] = [];
    for (const { email, id } of users) {
      const known = byEmail(db, email);
      if (!known) {
        insert(db, { id, email, displayName: email }, false);
        created.push(email);
      }
      if (!known?.real) run(db, 'INSERT OR IGNORE INTO registry_user_reservations (user_id, job_id) VALUES (?, ?)', [known?.id ?? id, jobId]);
      ids.push([email, known?.id ?? id]);
    }
    return { ids: Object.fromEntries(ids), created };
  },
};

/** Users that nobody but this job wants go with it. */
export function dropReservations(db: DatabaseSync, jobId: string): void {
  run(
    db,
    `DELETE FROM registry_users WHERE real = 0
      AND id IN (SELECT user_id FROM registry_user_reservations WHERE job_id = ?1)
      AND id NOT IN (SELECT user_id FROM registry_user_reservations WHERE job_id <> ?1)`,
    [jobId],
  );
  run(db, 'DELETE FROM registry_user_reservations WHERE job_id = ?', [jobId]);
}

function byEmail(db: DatabaseSync, email: string): UserRow | undefined {
  return first<UserRow>(db, `SELECT ${USER_COLUMNS} FROM registry_users WHERE email_key = ?`, [emailKey(email)]);
}

function insert(db: DatabaseSync, { id, email, displayName }: User, real: boolean): void {
  run(db, 'INSERT INTO registry_users (id, email, email_key, display_name, real) VALUES (?, ?, ?, ?, ?)', [
    id,
    email,
    emailKey(email),
    displayName,
    Number(real),
  ]);
}
