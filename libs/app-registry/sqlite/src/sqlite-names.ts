import { NameRegistry, type Registration } from '@reprise/app-registry-core';
import type { SqliteDatabase } from '@reprise/sqlite';
import { APP_COLUMNS, type AppRow } from './procedures/rows.js';

export class SqliteNames extends NameRegistry {
  constructor(private readonly database: SqliteDatabase) {
    super();
  }

  async reserve({ now, ...request }: { name: string; appId: string; holder: string; now: Date }): Promise<Registration> {
    return toRegistration(await this.database.call<AppRow>('registry.reserve', { ...request, now: now.getTime() }));
  }

  async take({ now, ...request }: { name: string; appId: string; holder: string; now: Date }): Promise<void> {
    await this.database.call('registry.take', { ...request, now: now.getTime() });
  }

  async release(request: { name: string; appId: string; holder: string }): Promise<void> {
    await this.database.call('registry.release', request);
  }

  async markDeleted(appId: string, now: Date): Promise<void> {
    await this.database.call('registry.markDeleted', { appId, now: now.getTime() });
  }

  async byName(name: string): Promise<Registration | undefined> {
    return this.select(`name = ? AND state <> 'deleted'`, [name])[0];
  }

  async byId(appId: string): Promise<Registration | undefined> {
    return this.select('app_id = ?', [appId])[0];
  }

  async living(): Promise<Registration[]> {
    return this.select(`state = 'living' ORDER BY name`, []);
  }

  async reservations(before: Date): Promise<Registration[]> {
    return this.select(`state = 'reserved' AND changed < ? ORDER BY changed`, [before.getTime()]);
  }

  private select(where: string, params: (string | number)[]): Registration[] {
    return this.database.query<AppRow>(`SELECT ${APP_COLUMNS} FROM registry_apps WHERE ${where}`, params).map(toRegistration);
  }
}

function toRegistration({ app_id: appId, name, state, holder, changed }: AppRow): Registration {
  return { appId, name, state, holder, changed: new Date(changed) };
}
