import type { AppendCommand, AppendResult } from '@reprise/contracts';
import { EventLog, packEvents, storable, storableName, type LogHead, type PackedEvents, type StoredEvent } from '@reprise/event-store-core';
import type { SqliteDatabase, SqliteModule } from '@reprise/sqlite';
import { LogQueries } from './log-queries.js';

export const eventLogTables: SqliteModule = { name: 'eventLog', url: new URL('./event-log.procedures.js', import.meta.url).href };

/** The event log on SQLite. Groups of appends are committed together by the database's writer; see libs/sqlite. */
export class SqliteEventLog extends EventLog {
  private readonly queries: LogQueries;

  constructor(private readonly database: SqliteDatabase) {
    super();
    this.queries = new LogQueries(database);
  }

  async append(command: AppendCommand): Promise<AppendResult> {
    storableName(command.stream, 'stream name');
    return this.database.call('eventLog.append', { ...command, events: command.events.map(storable) });
  }

  async beginImport(appId: string, holder: string): Promise<void> {
    await this.database.call('eventLog.beginImport', { appId, holder });
  }

  async importEvents(appId: string, holder: string, events: readonly StoredEvent[] | PackedEvents): Promise<void> {
    const packed = 'texts' in events ? events : packEvents(events);
    const moved = [packed.texts.buffer, packed.numbers.buffer] as ArrayBuffer[];
    // An import that is lost with the machine's power is one whose segment was never marked done: it runs again.
    await this.database.call('eventLog.importEvents', { appId, holder, events: packed }, { durable: false, moved });
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

  override async readPacked(appId: string, range: { from: number; to: number; limit: number }): Promise<{ events: PackedEvents; end: number }> {
    return this.queries.readPacked(appId, range);
  }

  async readStream(appId: string, stream: string, fromVersion = 0): Promise<StoredEvent[]> {
    return this.queries.readStream(appId, stream, fromVersion);
  }

  async blockSizes(appId: string, to: number): Promise<number[]> {
    return this.queries.blockSizes(appId, to);
  }

  async countTypes(appId: string, range: { from: number; to: number; kinds: readonly string[] }): Promise<Map<string, number>> {
    return this.queries.countTypes(appId, range);
  }
}
