import { emailKey, UserDirectory } from '@reprise/app-registry-core';
import type { User } from '@reprise/contracts';
import { newId } from '@reprise/kernel';
import type { SqliteDatabase } from '@reprise/sqlite';
import { USER_COLUMNS, type UserRow } from './procedures/rows.js';
import type { ReserveArgs } from './procedures/users.js';

export class SqliteUsers extends UserDirectory {
  constructor(private readonly database: SqliteDatabase) {
    super();
  }

  async byIds(ids: readonly string[]): Promise<User[]> {
    // One parameter for any number of ids.
    return this.select('id IN (SELECT value FROM json_each(?))', JSON.stringify(ids));
  }

  async byEmail(email: string): Promise<User | undefined> {
    return this.select('email_key = ?', emailKey(email))[0];
  }

  create(user: User): Promise<User> {
    return this.database.call<User>('registry.createUser', user);
  }

  async resolve(emails: readonly string[], reserveFor?: { jobId: string; appId: string }): Promise<{ ids: Record<string, string>; created: string[] }> {
    if (reserveFor) {
      const users = emails.map((email) => ({ email, id: newId() }));
      return this.database.call('registry.reserveUsers', { users, ...reserveFor } satisfies ReserveArgs);
    }
    const known = await Promise.all(emails.map(async (email) => [email, (await this.byEmail(email))?.id] as const));
    return { ids: Object.fromEntries(known.filter((pair): pair is [string, string] => pair[1] !== undefined)), created: [] };
  }

  private select(where: string, param: string): User[] {
    const rows = this.database.query<UserRow>(`SELECT ${USER_COLUMNS} FROM registry_users WHERE real = 1 AND ${where}`, [param]);
    return rows.map(({ id, email, display_name: displayName }) => ({ id, email, displayName }));
  }
}
