import type { DatabaseSync } from 'node:sqlite';
import type { TagSet } from '@reprise/assets-core';
import { first, run } from '@reprise/sqlite';
import { tombstones } from './discarded.js';

/** The tag that a name means: the alias's target, else the first tag of that name. */
function idOfName(db: DatabaseSync, appId: string, name: string): { name: string; id: string | undefined } {
  const alias = first<{ new_name: string }>(db, 'SELECT new_name FROM assets_tag_aliases WHERE app_id = ? AND old_name = ?', [appId, name]);
  const meant = alias?.new_name ?? name;
  const tag = first<{ id: string }>(db, 'SELECT id FROM assets_tags WHERE app_id = ? AND name = ? ORDER BY ordinal LIMIT 1', [appId, meant]);
  return { name: meant, id: tag?.id };
}

export const tags = {
  /** `newId` is taken for a name that has no tag yet. */
  ensureTags(db: DatabaseSync, { appId, names }: { appId: string; names: { name: string; newId: string }[] }): string[] {
    tombstones.check(db, appId);
    return names.map(({ name, newId }) => {
      const known = idOfName(db, appId, name);
      if (known.id !== undefined) return known.id;
      run(
        db,
        `INSERT INTO assets_tags (app_id, ordinal, id, name, count)
         VALUES (?1, (SELECT coalesce(max(ordinal), 0) + 1 FROM assets_tags WHERE app_id = ?1), ?2, ?3, 0)`,
        [appId, newId, known.name],
      );
      return newId;
    });
  },

  adjustTags(db: DatabaseSync, { appId, changes }: { appId: string; changes: Record<string, number> }): void {
    for (const [id, change] of Object.entries(changes)) {
      run(db, 'UPDATE assets_tags SET count = max(0, count + ?) WHERE app_id = ? AND id = ?', [change, appId, id]);
    }
  },

  replaceTags(db: DatabaseSync, { appId, tags, aliases }: TagSet & { appId: string }): void {
    tombstones.check(db, appId);
    run(db, 'DELETE FROM assets_tags WHERE app_id = ?', [appId]);
    run(db, 'DELETE FROM assets_tag_aliases WHERE app_id = ?', [appId]);
    tags.forEach(({ id, name, count }, index) => {
      run(db, 'INSERT INTO assets_tags (app_id, ordinal, id, name, count) VALUES (?, ?, ?, ?, ?)', [appId, index + 1, id, name, count]);
    });
    aliases.forEach(({ from, to }, index) => {
      run(db, 'INSERT INTO assets_tag_aliases (app_id, ordinal, old_name, new_name) VALUES (?, ?, ?, ?)', [appId, index + 1, from, to]);
    });
  },
};
