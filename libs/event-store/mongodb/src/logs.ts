import { eachOf, isDuplicate, storing, type mongo, type MongoDatabase } from '@reprise/mongodb';
import { LOGS, type LogDocument } from './documents.js';

/** The logs' states. Each change names the state that it starts from: who comes second changes nothing. */
export class Logs {
  private readonly logs: mongo.Collection<LogDocument>;

  constructor(database: MongoDatabase) {
    this.logs = database.collection<LogDocument>(LOGS);
  }

  async find(appId: string, session?: mongo.ClientSession): Promise<LogDocument | undefined> {
    return (await storing(() => this.logs.findOne({ _id: appId }, session ? { session } : {}))) ?? undefined;
  }

  /** The log as it is afterwards: another's if it was there already. */
  async create(log: Pick<LogDocument, '_id' | 'state' | 'holder'>): Promise<LogDocument> {
    return storing(async () => {
      const created = { ...log, epoch: 0 };
      try {
        await this.logs.insertOne(created);
        return created;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        return (await this.find(log._id))!;
      }
    });
  }

  /** From importing to open. */
  async open(appId: string, holder: string, importedTo: number): Promise<void> {
    await storing(() => this.logs.updateOne({ _id: appId, state: 'importing', holder }, { $set: { state: 'open', importedTo } }));
  }

  async entomb(appId: string): Promise<void> {
    const tombstone = { $set: { state: 'purged' as const, holder: null }, $setOnInsert: { epoch: 0 }, $unset: { redacting: true as const } };
    await storing(async () => {
      try {
        await this.logs.updateOne({ _id: appId }, tombstone, { upsert: true });
      } catch (error) {
        // Another made it in the same moment.
        if (!isDuplicate(error)) throw error;
        await this.logs.updateOne({ _id: appId }, tombstone);
      }
    });
  }

  async beginRedaction(appId: string, stream: string): Promise<void> {
    await storing(() => this.logs.updateOne({ _id: appId, state: 'open' }, { $addToSet: { redacting: stream } }));
  }

  /** Counts a redaction that has begun, once. */
  async endRedaction(appId: string, stream: string): Promise<void> {
    const counted = { $inc: { epoch: 1 }, $pull: { redacting: stream } } as mongo.UpdateFilter<LogDocument>;
    await storing(() => this.logs.updateOne({ _id: appId, redacting: stream }, counted));
  }

  async *purged(): AsyncGenerator<string> {
    for await (const { _id } of eachOf(this.logs.find({ state: 'purged' }, { projection: { _id: 1 } }))) yield _id;
  }
}
