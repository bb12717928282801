import type { AppendCommand, AppendResult } from '@reprise/contracts';
import { EventLog, packEvents, storable, storableName, type LogHead, type PackedEvents, type StoredEvent } from '@reprise/event-store-core';
import { isRepriseError } from '@reprise/kernel';
import { Pieces, type MongoDatabase } from '@reprise/mongodb';
import { Commits } from './commits.js';
import { PIECES } from './documents.js';
import { EventTexts, type Draft } from './event-texts.js';
import { GroupCommitter } from './group-committer.js';
import { Heads } from './heads.js';
import { LogErasure } from './log-erasure.js';
import { LogImport } from './log-import.js';
import { LogQueries } from './log-queries.js';
import { Logs } from './logs.js';

/**
 * The event log on MongoDB. A group commit is one document, so that no step needs a transaction; what any number of processes write is kept apart
 * by unique indexes. See docs/adr/0014.
 */
export class MongoEventLog extends EventLog {
  private readonly commits: Commits;
  private readonly texts: EventTexts;
  private readonly committer: GroupCommitter;
  private readonly importing: LogImport;
  private readonly erasure: LogErasure;
  private readonly queries: LogQueries;

  /** The database has `eventLogCollections` among its modules. */
  constructor(database: MongoDatabase) {
    super();
    const logs = new Logs(database);
    const pieces = new Pieces(database, PIECES);
    this.commits = new Commits(database);
    this.texts = new EventTexts(pieces);
    const heads = new Heads(this.commits);
    this.queries = new LogQueries(logs, this.commits, heads, this.texts);
    this.committer = new GroupCommitter(database, logs, this.commits, heads);
    this.importing = new LogImport(logs, this.commits, heads, this.texts, this.queries);
    this.erasure = new LogErasure(logs, this.commits, heads, this.texts, pieces);
  }

  async append(command: AppendCommand): Promise<AppendResult> {
    storableName(command.stream, 'stream name');
    const { appId, stream, expectedVersion } = command;
    const events = command.events.map((event, i) => ({ ...storable(event), stream, version: expectedVersion + 1 + i }));
    const drafts = await this.texts.draft(appId, events);
    const spread = drafts.filter(({ pieces }) => pieces);
    try {
      const result = await this.committer.append({ command, drafts });
      await this.discardUnused(appId, spread);
      return result;
    } catch (error) {
      // Where the outcome is unknown, the event may still come.
      if (isRepriseError(error) && error.kind === 'conflict') await this.discardUnused(appId, spread);
      throw error;
    }
  }

  async beginImport(appId: string, holder: string): Promise<void> {
    await this.importing.begin(appId, holder);
  }

  async importEvents(appId: string, holder: string, events: readonly StoredEvent[] | PackedEvents): Promise<void> {
    await this.importing.add(appId, holder, 'texts' in events ? events : packEvents(events));
  }

  async endImport(appId: string, holder: string): Promise<LogHead> {
    return this.importing.end(appId, holder);
  }

  async redact(appId: string, stream: string): Promise<void> {
    await this.erasure.redact(appId, stream);
  }

  async purge(appId: string): Promise<void> {
    await this.erasure.purge(appId);
  }

  /** Removes what processes left behind that were killed at the wrong moment; to be called when a process starts. */
  async sweep(): Promise<void> {
    await this.erasure.sweep();
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

  async countTypes(appId: string, range: { from: number; to: number; kinds: readonly string[] }): Promise<Map<string, number>> {
    return this.queries.countTypes(appId, range);
  }

  /** Large texts of a command that was refused, or that was there already. */
  private async discardUnused(appId: string, spread: readonly Draft[]): Promise<void> {
    for (const draft of spread) {
      if ((await this.commits.ownerAt(appId, draft.key)) !== draft.pieces!.owner) await this.texts.discard([draft]);
    }
  }
}
