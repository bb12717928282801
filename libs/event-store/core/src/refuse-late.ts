import { RepriseError } from '@reprise/kernel';
import type { EventLogReader } from './event-log.js';

/**
 * For what a restore brings beside the log. Error `restores.late` (conflict) once the log is open: whoever still sends it was overtaken by
 * another, and would overwrite what people have changed since.
 */
export async function refuseLate(log: EventLogReader, appId: string): Promise<void> {
  if ((await log.head(appId)).state !== 'open') return;
  throw new RepriseError('conflict', 'restores.late', 'The app was restored already. What comes now is passed over.');
}
