import { EVENTS_PER_FOLDER } from '@reprise/backup-archive';
import { rangeMissing, type EventLog, type PackedEvents } from '@reprise/event-store-core';
import { collectGarbage } from '@reprise/kernel';

/**
 * The events of a range in pages of one folder of the archive each, in order, all of them: error `log.range-missing` (corrupt) when the log ends before.
 * `before` is called before each page.
 */
export async function* eventPages(
  log: EventLog,
  appId: string,
  { from, to }: { from: number; to: number },
  before: () => Promise<void> = async () => undefined,
): AsyncGenerator<PackedEvents> {
  for (let at = from; at <= to;) {
    await before();
    const limit = EVENTS_PER_FOLDER - ((at - 1) % EVENTS_PER_FOLDER);
    const { events, end } = await log.readPacked(appId, { from: at, to, limit });
    if (end < at) throw rangeMissing(appId, at);
    at = end + 1;
    yield events;
    collectGarbage();
  }
}
