import { MAX_ARCHIVE_BYTES } from '@reprise/contracts';

/** Settings of backups and restores; the app provides them. */
export class BackupConfig {
  /** Backups that an app may have at once. */
  maxBackupsPerApp = 10;
  /** How long a download link is good for. */
  linkTtlSeconds = 30 * 24 * 60 * 60;
  /** Host names, addresses or CIDR ranges that archives may be fetched from although they are private. */
  allowedHosts: readonly string[] = [];
  /** Under which this installation is reached; its own links are known by it when they have expired. */
  baseUrl = 'http://localhost:8080';
  /** Goes into the manifest of each archive. */
  toolVersion = '0.0.0';
  /** An archive that is larger is refused. */
  maxArchiveBytes = MAX_ARCHIVE_BYTES;

  constructor(settings: Partial<BackupConfig> = {}) {
    Object.assign(this, settings);
  }
}
