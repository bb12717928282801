import type { RecordedEvent } from '@reprise/event-store-core';
import { rawMember } from '@reprise/json-text';

/** The text of a data member of the event as it stands there, `undefined` where there is none. */
export function dataOf(event: RecordedEvent, name: string): string | undefined {
  const data = rawMember(event.payloadText, name, { ignoreCase: true });
  return data === undefined || data === 'null' ? undefined : data;
}
