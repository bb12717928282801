import { DEFAULT_LIMITS } from '@reprise/backup-archive';

/** Settings of backups and restores; the app provides them. */
export class BackupConfig {
  /**
   * This process is all there is of the installation: what ran before its start is gone, and is taken up again at once. Where others share
   * the store, only what has given no sign of life for a while is.
   */
  sole = false;
  /** Backups that an app may have at once. */
  maxBackupsPerApp = 10;
  /** How long a download link is good for. */
  linkTtlSeconds = 30 * 24 * 60 * 60;
  /** Host names, addresses or CIDR ranges that archives may be fetched from although they are private. */
  allowedHosts: readonly string[] = [];
  /** Under which this installation is reached; its own links are known by it when they have expired. */
  baseUrl = 'http://localhost:8080';
  /** How large an archive may be that is downloaded. */
  maxArchiveBytes = DEFAULT_LIMITS.maxArchiveBytes;

  constructor(settings: Partial<BackupConfig> = {}) {
    Object.assign(this, settings);
  }
}
