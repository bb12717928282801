import type { AppendCommand } from '@reprise/contracts';
import { newId } from '@reprise/kernel';
import { MongoDatabase } from '@reprise/mongodb';
import { COMMITS, eventLogCollections, PIECES } from '../documents.js';
import { MongoEventLog } from '../mongo-event-log.js';

/** Logs on one database of a server, each with a connection of its own, as replicas have it. */
export class TestDatabase {
  readonly name = `test-${newId()}`;
  private readonly databases: MongoDatabase[] = [];

  /** Another replica's connection; `url` where it goes another way to the same server. */
  async connect(url: string): Promise<MongoDatabase> {
    const database = await MongoDatabase.open({ url, database: this.name, modules: [eventLogCollections] });
    this.databases.push(database);
    if (this.databases.length === 1) await database.migrate();
    return database;
  }

  async log(url: string): Promise<MongoEventLog> {
    return new MongoEventLog(await this.connect(url));
  }

  /** How much is kept of an app. */
  async left(app: string): Promise<{ commits: number; pieces: number }> {
    const [commits, pieces] = await Promise.all([COMMITS, PIECES].map((name) => this.databases[0]!.collection<{ app: string }>(name).countDocuments({ app })));
    return { commits: commits!, pieces: pieces! };
  }

  async close(): Promise<void> {
    await this.databases[0]?.drop();
    for (const database of this.databases) await database.close();
  }
}

/**
 * Replicas behind one address: each call goes to the next, but a command that comes twice to the same one. Where it came to two at once, one
 * might refuse it for a version that isn't there yet, which is true, and the other take it a moment later.
 */
export function alternating(logs: readonly MongoEventLog[]): MongoEventLog {
  let turn = 0;
  const by = new Map<string, MongoEventLog>();
  const next = () => logs[turn++ % logs.length]!;
  return new Proxy(logs[0]!, {
    get: (_target, name: keyof MongoEventLog) => {
      if (name !== 'append') return ((log) => (log[name] as (...args: unknown[]) => unknown).bind(log))(next());
      return (command: AppendCommand) => {
        const log = by.get(command.commitKey) ?? next();
        by.set(command.commitKey, log);
        return log.append(command);
      };
    },
  });
}
