import { join, resolve } from 'node:path';
import type { ReadLimits } from '@reprise/backup-archive';
import { areAllowableHosts } from '@reprise/backup-service';
import { addressSettings, backupSettings, baseUrlOf, limitSettings, limitsOf, readSettings, rootClientSettings } from '@reprise/settings';
import { z } from 'zod';
import { isUsableFolder } from '@reprise/sqlite';

/** Settings as the parts of the installation need them. */
export interface StandaloneConfig {
  port: number;
  dataDir: string;
  archiveDir: string;
  /** Without a slash at its end. */
  baseUrl: string;
  rootClientId: string;
  rootClientSecret?: string;
  maxBackupsPerApp: number;
  restoreAllowedHosts: string[];
  linkTtlSeconds: number;
  /** Of archives that are read, and of what goes into the log, which archives must hold. */
  limits: ReadLimits;
}

const SETTINGS = {
  ...addressSettings,
  REPRISE_DATA_DIR: z.string().refine(isUsableFolder, 'must be a folder that may be written to').default('./data'),
  REPRISE_ARCHIVE_DIR: z.string().refine(isUsableFolder, 'must be a folder that may be written to').optional(),
  ...rootClientSettings,
  ...backupSettings(areAllowableHosts),
  ...limitSettings,
};

/** Error {@link ConfigError} names every bad setting at once. An empty setting is one that isn't set. */
export function readConfig(env: NodeJS.ProcessEnv): StandaloneConfig {
  const settings = readSettings(SETTINGS, env);
  const dataDir = resolve(settings.REPRISE_DATA_DIR);
  return {
    port: settings.PORT,
    dataDir,
    archiveDir: settings.REPRISE_ARCHIVE_DIR ? resolve(settings.REPRISE_ARCHIVE_DIR) : join(dataDir, 'archives'),
    baseUrl: baseUrlOf(settings),
    rootClientId: settings.REPRISE_ROOT_CLIENT_ID,
    ...(settings.REPRISE_ROOT_CLIENT_SECRET ? { rootClientSecret: settings.REPRISE_ROOT_CLIENT_SECRET } : {}),
    maxBackupsPerApp: settings.REPRISE_MAX_BACKUPS_PER_APP,
    restoreAllowedHosts: settings.REPRISE_RESTORE_ALLOWED_HOSTS,
    linkTtlSeconds: settings.REPRISE_LINK_TTL,
    limits: limitsOf(settings),
  };
}
