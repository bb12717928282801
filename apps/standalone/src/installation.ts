import { join } from 'node:path';
import { registryTables } from '@reprise/app-registry-sqlite';
import { assetTables } from '@reprise/assets-sqlite';
import { ArchivePool } from '@reprise/backup-archive';
import { backupTables } from '@reprise/backup-sqlite';
import { eventLogTables } from '@reprise/event-store-sqlite';
import { FolderObjectStore } from '@reprise/objects-fs';
import { readModelTables } from '@reprise/read-models-sqlite';
import { lockFolder, SqliteDatabase } from '@reprise/sqlite';
import type { StandaloneConfig } from './config.js';

/** Everything on the disk that one process holds while it runs. */
export interface Installation {
  database: SqliteDatabase;
  assets: FolderObjectStore;
  archives: FolderObjectStore;
  pool: ArchivePool;
  close(): Promise<void>;
}

/** Errors: those of the folders' locks, `storage.*`. */
export async function openInstallation({ dataDir, archiveDir, limits }: StandaloneConfig): Promise<Installation> {
  const locks = [lockFolder(dataDir, 'REPRISE_DATA_DIR')];
  const release = () => locks.forEach((lock) => lock.release());
  try {
    locks.push(lockFolder(archiveDir, 'REPRISE_ARCHIVE_DIR'));
    const assets = new FolderObjectStore(join(dataDir, 'assets'));
    const archives = new FolderObjectStore(archiveDir);
    await Promise.all([assets.prepare(), archives.prepare()]);
    const database = await SqliteDatabase.open(join(dataDir, 'reprise.db'), [eventLogTables, readModelTables, registryTables, assetTables, backupTables]);
    const pool = new ArchivePool({ maxEventBytes: limits.maxEventBytes });
    return {
      database,
      assets,
      archives,
      pool,
      async close() {
        await pool.destroy();
        await database.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
