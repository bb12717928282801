import { eachMember, netString, rawMember } from '@reprise/json-text';
import type { ArchivedEvent } from './event-types.js';

const DELETED = '--deleted';

/** Headers as they stand in an event file: position and version are put in, as Squidex's own backup does. */
export function exportedHeaders(event: ArchivedEvent): string {
  const changes: Record<string, string> = { EventNumber: `"${event.position}"`, EventStreamNumber: String(event.version) };
  const aggregateId = event.stream.endsWith(DELETED) ? aggregateIdOfDeleted(event) : undefined;
  if (aggregateId !== undefined) changes['AggregateId'] = netString(aggregateId);
  return setHeaders(event.headers, changes);
}

/** Headers as a restore stores them: the new aggregate and place, and that the event was restored. `CommitId`, `EventId` and `Timestamp` are data. */
export function restoredHeaders(headers: string, event: Pick<ArchivedEvent, 'stream' | 'position' | 'version'>): string {
  const aggregateId = event.stream.slice(event.stream.indexOf('-') + 1);
  const changes: Record<string, string> = { AggregateId: netString(aggregateId), Restored: 'true' };
  // Put in where they stand; where they are missing the next backup adds them.
  if (headers.includes('"EventNumber"')) changes['EventNumber'] = `"${event.position}"`;
  if (headers.includes('"EventStreamNumber"')) changes['EventStreamNumber'] = String(event.version);
  return setHeaders(headers, changes);
}

/**
 * The event of a permanent deletion lies in a stream of its own, `…--deleted`; Squidex's restore takes that name into AggregateId, whereas
 * its backup has the object's own id. The id in the payload tells them apart from objects whose id happens to end like that.
 */
function aggregateIdOfDeleted(event: ArchivedEvent): string | undefined {
  const kind = /^(content|asset)deletedevent$/i.exec(event.type)?.[1]?.toLowerCase();
  if (!kind) return undefined;
  const id: unknown = JSON.parse(rawMember(event.payload, `${kind}id`, { ignoreCase: true }) ?? 'null');
  const aggregateId = event.stream.slice(event.stream.indexOf('-') + 1, -DELETED.length);
  return typeof id === 'string' && aggregateId.endsWith(`--${id}`) ? aggregateId : undefined;
}

/** Changes headers where they stand. Missing ones go behind the others, but `Restored` stays the last, where Squidex has it. */
function setHeaders(headers: string, changes: Readonly<Record<string, string>>): string {
  let missing = Object.keys(changes);
  let result = '';
  let done = 0;
  let count = 0;
  let last = '';
  let endOfLast = 0;
  let endOfOneBefore = 0;
  let valueOfLast = 0;
  eachMember(headers, (name, start, end) => {
    count++;
    endOfOneBefore = endOfLast;
    last = name;
    valueOfLast = start;
    endOfLast = end;
    if (!Object.hasOwn(changes, name)) return;
    missing = missing.filter((other) => other !== name);
    result += headers.slice(done, start) + changes[name]!;
    done = end;
  });
  if (missing.length === 0) return result + headers.slice(done);
  if (last === 'Restored') {
    const { Restored = headers.slice(valueOfLast, endOfLast), ...others } = changes;
    return setHeaders(count > 1 ? `${headers.slice(0, endOfOneBefore)}}` : '{}', { ...others, Restored });
  }
  const added = missing.map((name) => `${netString(name)}:${changes[name]!}`).join(',');
  const close = headers.lastIndexOf('}');
  return `${result}${headers.slice(done, close)}${count > 0 ? ',' : ''}${added}${headers.slice(close)}`;
}
