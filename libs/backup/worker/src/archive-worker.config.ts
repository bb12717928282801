import { DEFAULT_LIMITS, type ReadLimits } from '@reprise/backup-archive';

/** Settings of work on archives; the app provides them. */
export class ArchiveWorkerConfig {
  /** Goes into the manifest of each archive. */
  toolVersion = '0.0.0';
  /** What is read of archives, wherever they come from. */
  limits: ReadLimits = DEFAULT_LIMITS;

  constructor(settings: Partial<ArchiveWorkerConfig> = {}) {
    Object.assign(this, settings);
  }
}
