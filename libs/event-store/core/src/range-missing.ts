import { RepriseError } from '@reprise/kernel';
import type { EventLogReader, StoredEvent } from './event-log.js';

/** Error `log.range-missing` (corrupt): a position is asked for that the log should have. */
export function rangeMissing(appId: string, position: number): RepriseError {
  const message = `The log of app ${appId} has no event at position ${position}. The app was removed meanwhile, or its log is damaged.`;
  return new RepriseError('corrupt', 'log.range-missing', message);
}

/** The event at a position that the log should have. Error: see {@link rangeMissing}. */
export async function eventAt(log: EventLogReader, appId: string, position: number): Promise<StoredEvent> {
  const { events } = await log.read(appId, { from: position, to: position, limit: 1 });
  if (events[0]?.position !== position) throw rangeMissing(appId, position);
  return events[0];
}
