import type { AppendCommand, NewEvent } from '@reprise/contracts';
import type { EventLogReader, StoredEvent } from '@reprise/event-store-core';
import { newId } from '@reprise/kernel';

/** A content's stream. */
export function contentStream(appId: string, id: string): string {
  return `content-${appId}--${id}`;
}

/** An event that tells itself apart from others by `n`. */
export function anEvent(n: number | string, parts: Partial<NewEvent> = {}): NewEvent {
  return { type: 'ContentUpdatedEvent', payload: `{"n":"${n}"}`, headers: `{"EventId":"${newId()}","Timestamp":"2026-01-01T00:00:00Z"}`, ...parts };
}

/** A command that appends one event to a new content's stream; `parts` say what is different. */
export function aCommand(appId: string, parts: Partial<AppendCommand> = {}): AppendCommand {
  return { appId, commitKey: newId(), stream: contentStream(appId, 'a'), expectedVersion: -1, events: [anEvent(1)], ...parts };
}

/** Events as an import brings them: positions `from` to `to`, spread over `streams` contents, versions counted in order. */
export function importedEvents(appId: string, from: number, to: number, streams = 3): StoredEvent[] {
  const positions = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return positions.map((position) => ({
    ...anEvent(position, { headers: `{"EventNumber":"${position}","Restored":true}` }),
    position,
    stream: contentStream(appId, String(position % streams)),
    version: Math.floor((position - 1) / streams),
  }));
}

/** The log from the first event to the last, by as many reads as it takes. */
export async function readAll(log: EventLogReader, appId: string, options: { limit?: number; kinds?: string[] } = {}): Promise<StoredEvent[]> {
  const { position: to } = await log.head(appId);
  const events: StoredEvent[] = [];
  for (let from = 1; from <= to;) {
    const page = await log.read(appId, { from, to, limit: options.limit ?? 1000, ...(options.kinds ? { kinds: options.kinds } : {}) });
    events.push(...page.events);
    if (page.end < from) throw new Error(`The read from ${from} did not get on.`);
    from = page.end + 1;
  }
  return events;
}
