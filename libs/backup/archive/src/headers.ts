import { netString, objectMembers } from '@reprise/json-text';
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
  const wanted = `${kind}id`;
  const member = objectMembers(event.payload).findLast(({ name }) => name.toLowerCase() === wanted);
  const id: unknown = member && JSON.parse(event.payload.slice(member.start, member.end));
  const aggregateId = event.stream.slice(event.stream.indexOf('-') + 1, -DELETED.length);
  return typeof id === 'string' && aggregateId.endsWith(`--${id}`) ? aggregateId : undefined;
}

/** Changes headers where they stand. Missing ones go behind the others, but `Restored` stays the last, where Squidex has it. */
function setHeaders(headers: string, changes: Record<string, string>): string {
  const members = objectMembers(headers);
  const missing = new Map(Object.entries(changes));
  let result = '';
  let done = 0;
  for (const { name, start, end } of members) {
    const change = changes[name];
    if (change === undefined) continue;
    missing.delete(name);
    result += headers.slice(done, start) + change;
    done = end;
  }
  if (missing.size === 0) return result + headers.slice(done);
  const last = members.at(-1);
  if (last?.name === 'Restored') {
    const { Restored = headers.slice(last.start, last.end), ...others } = changes;
    const before = members.at(-2);
    return setHeaders(before ? `${headers.slice(0, before.end)}}` : '{}', { ...others, Restored });
  }
  const added = Array.from(missing, ([name, value]) => `${netString(name)}:${value}`).join(',');
  const close = headers.lastIndexOf('}');
  return `${result}${headers.slice(done, close)}${members.length > 0 ? ',' : ''}${added}${headers.slice(close)}`;
}
