import { startMongo, type TestEngine } from '@reprise/engines';
import { newId } from '@reprise/kernel';
import { MongoDatabase } from '../mongo-database.js';
import type { MongoModule } from '../mongo-module.js';

/** A server for one suite, with as many databases as it wants. */
export class TestServer {
  private readonly databases: { name: string; connections: MongoDatabase[] }[] = [];

  private constructor(readonly engine: TestEngine) {}

  static async start(): Promise<TestServer> {
    return new TestServer(await startMongo());
  }

  /** A new database with all its indexes, and the means to connect to it once more, as another process would. */
  async database(module: MongoModule): Promise<{ database: MongoDatabase; reopen(): Promise<MongoDatabase> }> {
    const entry = { name: `test-${newId()}`, connections: [] as MongoDatabase[] };
    this.databases.push(entry);
    const reopen = async () => {
      const connection = await MongoDatabase.open({ url: this.engine.url, database: entry.name, modules: [module] });
      entry.connections.push(connection);
      return connection;
    };
    const database = await reopen();
    await database.migrate();
    await database.check();
    return { database, reopen };
  }

  async stop(): Promise<void> {
    for (const { connections } of this.databases) {
      await connections[0]?.drop().catch(() => undefined);
      for (const connection of connections) await connection.close();
    }
    await this.engine.stop();
  }
}
