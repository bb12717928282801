import { rangeMissing, type EventLogReader, type StoredEvent } from '@reprise/event-store-core';
import { collectGarbage } from '@reprise/kernel';

const EVENTS_AT_ONCE = 1000;

/**
 * The events of a range in pages, in order, all of them: error `log.range-missing` (corrupt) when the log ends before. `before` is called before
 * each page.
 */
export async function* eventPages(
  log: EventLogReader,
  appId: string,
  { from, to }: { from: number; to: number },
  before: () => Promise<void> = async () => undefined,
): AsyncGenerator<StoredEvent[]> {
  for (let at = from; at <= to;) {
    await before();
    const { events } = await log.read(appId, { from: at, to, limit: EVENTS_AT_ONCE });
    if (events[0]?.position !== at) throw rangeMissing(appId, at);
    at = events.at(-1)!.position + 1;
    yield events;
    collectGarbage();
  }
}
