import type { RecordedEvent } from '@reprise/event-store-core';
import { RawJson } from '@reprise/json-text';

/** The text of a data member of the event as it stands there, `undefined` where there is none. */
export function dataOf(event: RecordedEvent, name: 'data' | 'migratedData'): string | undefined {
  const data = event.payload[name];
  return data instanceof RawJson && data.text !== 'null' ? data.text : undefined;
}
