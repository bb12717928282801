import { TagStore, type Tag, type TagSet } from '@reprise/assets-core';
import { newId } from '@reprise/kernel';
import type { SqliteDatabase } from '@reprise/sqlite';

export class SqliteTagStore extends TagStore {
  constructor(private readonly database: SqliteDatabase) {
    super();
  }

  async ensure(appId: string, names: readonly string[]): Promise<string[]> {
    if (names.length === 0) return [];
    return this.database.call<string[]>('assets.ensureTags', { appId, names: names.map((name) => ({ name, newId: newId() })) });
  }

  /** Not synced: a lost count is only a count, and the event that it follows from is durable. */
  async adjust(appId: string, changes: Readonly<Record<string, number>>): Promise<void> {
    if (Object.keys(changes).length > 0) await this.database.call('assets.adjustTags', { appId, changes }, { durable: false });
  }

  async read(appId: string): Promise<TagSet> {
    return this.database.snapshot(() => ({
      tags: this.database.query<Tag>('SELECT id, name, count FROM assets_tags WHERE app_id = ? ORDER BY ordinal', [appId]).map((tag) => ({ ...tag })),
      aliases: this.database
        .query<{ from: string; to: string }>('SELECT old_name AS "from", new_name AS "to" FROM assets_tag_aliases WHERE app_id = ? ORDER BY ordinal', [appId])
        .map((alias) => ({ ...alias })),
    }));
  }

  async replace(appId: string, { tags, aliases }: TagSet): Promise<void> {
    await this.database.call('assets.replaceTags', { appId, tags, aliases });
  }

  async discard(appId: string): Promise<void> {
    await this.database.call('assets.discardTags', { appId });
  }
}
