import { ProfileStore, type AppProfile } from '@reprise/app-registry-core';
import type { SqliteDatabase } from '@reprise/sqlite';

interface ProfileRow {
  settings: string;
  avatar_key: string | null;
  avatar_size: number | null;
}

export class SqliteProfiles extends ProfileStore {
  constructor(private readonly database: SqliteDatabase) {
    super();
  }

  async get(appId: string): Promise<AppProfile> {
    const row = this.database.get<ProfileRow>('SELECT settings, avatar_key, avatar_size FROM registry_profiles WHERE app_id = ?', [appId]);
    if (!row) return { settings: '{}' };
    const { settings, avatar_key: key, avatar_size: size } = row;
    return key === null ? { settings } : { settings, avatar: { key, size: size ?? 0 } };
  }

  async put(appId: string, profile: AppProfile): Promise<void> {
    await this.database.call('registry.putProfile', { ...profile, appId });
  }
}
