import { hasTooManyValues, MOST_VALUES, maxWrittenEventBytes, oversize } from '@reprise/backup-archive';
import type { AppendCommand } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';

/**
 * An event that no reader would take out of an archive again must not get into the log: the app could never be restored. `maxEventBytes` is
 * what readers take; a restore may add a little to an event, so that a command has a sixteenth less. Errors (limit): `log.event-too-large`, `log.event-too-complex`.
 */
export function assertFitsArchive({ stream, events }: AppendCommand, maxEventBytes: number): void {
  const allowed = maxWrittenEventBytes(maxEventBytes);
  for (const event of events) {
    if (hasTooManyValues({ ...event, stream })) {
      throw new RepriseError('limit', 'log.event-too-complex', `The change is too large: it holds more than ${MOST_VALUES} values. Split it.`);
    }
    const bytes = oversize({ ...event, stream }, allowed);
    if (bytes === undefined) continue;
    throw new RepriseError(
      'limit',
      'log.event-too-large',
      `The change is too large: in a backup it would take ${bytes} bytes, and ${allowed} are allowed. Split it, or keep large data in assets.`,
    );
  }
}
