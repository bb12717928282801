import { DEFAULT_LIMITS } from '@reprise/backup-archive';

/** Settings of the event log's service; the app provides them. */
export class EventStoreConfig {
  /** Bytes of the largest event file that is read from archives: the same for all installations that exchange archives. Nothing larger gets into a log. */
  maxEventBytes = DEFAULT_LIMITS.maxEventBytes;

  constructor(settings: Partial<EventStoreConfig> = {}) {
    Object.assign(this, settings);
  }
}
