import { RepriseError } from '@reprise/kernel';
import { createConnection, type Connection, type Model, type mongo, type Schema } from 'mongoose';
import './ended-connections.js';
import { toStorageError } from './mongo-errors.js';
import type { MongoModule } from './mongo-module.js';

export interface MongoOptions {
  /** With user, password, replica set and TLS as the driver takes them. */
  url: string;
  /** Each service has a database of its own. */
  database: string;
  modules: readonly MongoModule[];
  /** How long a call waits for a server that can't be reached. */
  selectionMs?: number;
}

/** One service's database. What it acknowledges is with a majority and in the journal, and what it reads is as well. */
export class MongoDatabase {
  private constructor(
    private readonly connection: Connection,
    private readonly modules: readonly MongoModule[],
  ) {}

  /** Connects. Errors: `storage.unreachable` (unavailable). Afterwards the driver finds the server again by itself. */
  static async open({ url, database, modules, selectionMs = 5_000 }: MongoOptions): Promise<MongoDatabase> {
    const connection = createConnection(url, {
      dbName: database,
      writeConcern: { w: 'majority', journal: true },
      readConcern: { level: 'majority' },
      readPreference: 'primary',
      serverSelectionTimeoutMS: selectionMs,
      bufferCommands: false,
      autoIndex: false,
      autoCreate: false,
    });
    // Told by the calls that fail; without a listener an error would end the process.
    connection.on('error', () => undefined);
    for (const module of modules) for (const [name, schema] of Object.entries(module)) connection.model(name, schema, name);
    try {
      await connection.asPromise();
    } catch (error) {
      await connection.close(true).catch(() => undefined);
      throw toStorageError(error);
    }
    return new MongoDatabase(connection, modules);
  }

  /** The explicit step that makes collections and indexes. Idempotent; several processes may do it at once. */
  async migrate(): Promise<void> {
    try {
      for (const name of this.names()) {
        await this.connection.model(name).createCollection();
        await this.connection.model(name).createIndexes();
      }
    } catch (error) {
      throw toStorageError(error);
    }
  }

  /** Error `storage.not-migrated` (unavailable) when an index is missing: unique ones are what nothing is lost or doubled by. */
  async check(): Promise<void> {
    for (const name of this.names()) {
      const { toCreate } = await this.connection
        .model(name)
        .diffIndexes()
        .catch((error: unknown) => {
          throw toStorageError(error);
        });
      if (toCreate.length === 0) continue;
      throw new RepriseError(
        'unavailable',
        'storage.not-migrated',
        `The collection ${name} lacks indexes. Run the migration of the database, then start again.`,
      );
    }
  }

  model<Document>(name: string): Model<Document> {
    return this.connection.model<Document>(name, undefined as unknown as Schema<Document>);
  }

  /** The driver's own collection: for what is decided by the server, and for documents too many or too large to be cast one by one. Nothing is checked on the way. */
  collection<Document extends mongo.Document>(name: string): mongo.Collection<Document> {
    return this.model(name).collection as unknown as mongo.Collection<Document>;
  }

  /** Runs it within a session: what it reads is never older than what it has read or written before, also when the primary changes in between. */
  async inOrder<Result>(work: (session: mongo.ClientSession) => Promise<Result>): Promise<Result> {
    const session = this.connection.getClient().startSession({ causalConsistency: true });
    try {
      return await work(session);
    } finally {
      await session.endSession();
    }
  }

  /** Whether a server answers within so many milliseconds. */
  async isReachable(withinMs: number): Promise<boolean> {
    try {
      await this.connection.db!.command({ ping: 1 }, { signal: AbortSignal.timeout(withinMs) });
      return true;
    } catch {
      return false;
    }
  }

  /** Removes the whole database: for tests. */
  async drop(): Promise<void> {
    await this.connection.dropDatabase();
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private names(): string[] {
    return this.modules.flatMap((module) => Object.keys(module));
  }
}
