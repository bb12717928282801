import { eachMember, RawJson, rawMember } from '@reprise/json-text';
import { kindOfStream, type StoredEvent } from './event-log.js';
import type { RecordedEvent, Upcaster } from './recorded-event.js';

const EPOCH = '1970-01-01T00:00:00Z';
const USUAL_HEADERS = 4_096;
/** Members of payloads that stay text, by kind of stream: a content's data, today's and that of old types. */
const TEXTS: Readonly<Record<string, readonly string[]>> = { content: ['data', 'migratedData'] };

/** The name, in its usual case, of a payload's member that is never parsed; undefined for all others. */
export function textMember(kind: string, member: string): string | undefined {
  return TEXTS[kind]?.find((name) => name === member || (name.length === member.length && name.toLowerCase() === member.toLowerCase()));
}

/** Type names are compared without regard to case, as Squidex does. */
export function upcastersByType(upcasters: readonly Upcaster[]): ReadonlyMap<string, Upcaster> {
  return new Map(upcasters.map((upcaster) => [upcaster.from.toLowerCase(), upcaster]));
}

/** A stored event, parsed and upcast to today's type. An old type may lead to another old one; each step is applied. */
export function recordEvent(stored: StoredEvent, upcasters: ReadonlyMap<string, Upcaster>): RecordedEvent {
  let shape: Pick<RecordedEvent, 'type' | 'payload'> = { type: stored.type, payload: payloadOf(stored) };
  for (let steps = 0; steps < 4; steps++) {
    const upcaster = upcasters.get(shape.type.toLowerCase());
    if (!upcaster) break;
    shape = upcaster.upcast(shape);
  }
  const { EventId: eventId, Timestamp: timestamp, Restored: restored } = headersOf(stored);
  return {
    position: stored.position,
    stream: stored.stream,
    version: stored.version,
    ...shape,
    timestamp: typeof timestamp === 'string' ? timestamp : EPOCH,
    ...(typeof eventId === 'string' ? { eventId } : {}),
    restored: restored === true,
  };
}

function payloadOf({ stream, payload: text }: StoredEvent): Record<string, unknown> {
  const kind = kindOfStream(stream);
  if (!(kind in TEXTS)) return JSON.parse(text) as Record<string, unknown>;
  const texts: Record<string, RawJson> = {};
  let others = '';
  let done = 0;
  eachMember(text, (member, start, end) => {
    const name = textMember(kind, member);
    if (name === undefined) return;
    // The last one counts where it is doubled.
    texts[name] = new RawJson(text.slice(start, end));
    others += `${text.slice(done, start)}null`;
    done = end;
  });
  return { ...(JSON.parse(others + text.slice(done)) as Record<string, unknown>), ...texts };
}

type Headers = Record<'EventId' | 'Timestamp' | 'Restored', unknown>;

/** Those that count, which are few; a hostile event may have millions. */
function headersOf({ headers }: StoredEvent): Headers {
  if (headers.length <= USUAL_HEADERS) return JSON.parse(headers) as Headers;
  const value = (name: string) => JSON.parse(rawMember(headers, name) ?? 'null') as unknown;
  return { EventId: value('EventId'), Timestamp: value('Timestamp'), Restored: value('Restored') };
}
