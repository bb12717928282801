import type { AppendCommand, AppendResult, NewEvent } from '@reprise/contracts';
import { EventLog, type LogHead, type StoredEvent } from '@reprise/event-store-core';
import { escapeLoneSurrogates } from '@reprise/json-text';
import { RepriseError } from '@reprise/kernel';
import type { SqliteDatabase, SqliteModule } from '@reprise/sqlite';
import { LogQueries } from './log-queries.js';

export const eventLogTables: SqliteModule = { name: 'eventLog', url: new URL('./event-log.procedures.js', import.meta.url).href };

/** UTF-8 has no place for lone surrogates: within JSON they are escaped, elsewhere they are refused rather than changed. */
function storable<Event extends NewEvent>(event: Event): Event {
  if (!event.type.isWellFormed()) throw new RepriseError('invalid', 'log.event-invalid', 'The type of an event holds half a character.');
  return { ...event, payload: escapeLoneSurrogates(event.payload), headers: escapeLoneSurrogates(event.headers) };
}

function checkStream(stream: string): void {
  if (!stream.isWellFormed()) throw new RepriseError('invalid', 'log.event-invalid', 'The stream name of an event holds half a character.');
}

/** The event log on SQLite. Groups of appends are committed together by the database's writer; see libs/sqlite. */
export class SqliteEventLog extends EventLog {
  private readonly queries: LogQueries;

  constructor(private readonly database: SqliteDatabase) {
    super();
    this.queries = new LogQueries(database);
  }

  async append(command: AppendCommand): Promise<AppendResult> {
    checkStream(command.stream);
    return this.database.call('eventLog.append', { ...command, events: command.events.map(storable) });
  }

  async beginImport(appId: string, holder: string): Promise<void> {
    await this.database.call('eventLog.beginImport', { appId, holder });
  }

  async importEvents(appId: string, holder: string, events: StoredEvent[]): Promise<void> {
    for (const event of events) checkStream(event.stream);
    // An import that is lost with the machine's power is one whose segment was never marked done: it runs again.
    await this.database.call('eventLog.importEvents', { appId, holder, events: events.map(storable) }, { durable: false });
  }

  async endImport(appId: string, holder: string): Promise<LogHead> {
    return this.database.call('eventLog.endImport', { appId, holder });
  }

  async redact(appId: string, stream: string): Promise<void> {
    await this.database.call('eventLog.redact', { appId, stream });
  }

  async purge(appId: string): Promise<void> {
    await this.database.call('eventLog.entomb', { appId });
    // In chunks, so that other calls get their turn in between. The tombstone is durable: whoever purges again finishes the work.
    while (await this.database.call<boolean>('eventLog.purgeChunk', { appId }, { durable: false }));
  }

  async head(appId: string): Promise<LogHead> {
    return this.queries.head(appId);
  }

  async read(appId: string, range: { from: number; to: number; limit: number; kinds?: readonly string[] }): Promise<{ events: StoredEvent[]; end: number }> {
    return this.queries.read(appId, range);
  }

  async readStream(appId: string, stream: string, fromVersion = 0): Promise<StoredEvent[]> {
    return this.queries.readStream(appId, stream, fromVersion);
  }

  async blockSizes(appId: string, to: number): Promise<number[]> {
    return this.queries.blockSizes(appId, to);
  }
}
