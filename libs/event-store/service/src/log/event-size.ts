import { encodeEventFile, MAX_EVENT_FILE_BYTES } from '@reprise/backup-archive';
import type { AppendCommand } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';

/** What a character takes in an event file at most: `\u0000`. */
const ESCAPED = 6;
const ENVELOPE = 4_096;

/**
 * An event that no reader would take out of an archive again must not get into the log: the app could never be backed up.
 * Error `log.event-too-large` (limit).
 */
export function assertFitsArchive({ stream, events }: AppendCommand): void {
  for (const event of events) {
    const { type, payload, headers } = event;
    if ((type.length + stream.length + payload.length + headers.length) * ESCAPED + ENVELOPE <= MAX_EVENT_FILE_BYTES) continue;
    // The file is pure ASCII. Its place takes a few digits, whichever it will be.
    const bytes = encodeEventFile({ ...event, stream, position: Number.MAX_SAFE_INTEGER, version: Number.MAX_SAFE_INTEGER }).length;
    if (bytes <= MAX_EVENT_FILE_BYTES) continue;
    throw new RepriseError(
      'limit',
      'log.event-too-large',
      `The change is too large: in a backup it would take ${bytes} bytes, and ${MAX_EVENT_FILE_BYTES} are allowed. Split it, or keep large data in assets.`,
    );
  }
}
