import { isDuplicate, storing, type mongo, type MongoDatabase } from '@reprise/mongodb';
import { kindTaken, modelDiscarded } from '@reprise/read-models-core';
import { modelId, MODELS, type ModelDocument } from './documents.js';

/** Where models stand. Each change names the state that it starts from. */
export class Models {
  private readonly models: mongo.Collection<ModelDocument>;

  constructor(database: MongoDatabase) {
    this.models = database.collection<ModelDocument>(MODELS);
  }

  /** Undefined for one that was never written, or that is a tombstone. */
  async find(app: string, model: string): Promise<ModelDocument | undefined> {
    const found = await storing(() => this.models.findOne({ _id: modelId(app, model) }));
    return found && !found.discarded ? found : undefined;
  }

  /** The model as it is; made where there is none. Error: `read-models.discarded`. */
  async begin(app: string, model: string): Promise<ModelDocument> {
    return storing(async () => {
      const _id = modelId(app, model);
      const found = (await this.models.findOne({ _id })) ?? (await this.create({ _id, app, model, position: 0, discarded: false, kinds: [] }));
      if (found.discarded) throw modelDiscarded(app);
      return found;
    });
  }

  /** Before rows of these kinds are written. Errors: `read-models.discarded`, `read-models.kind-taken`. */
  async ownKinds({ _id, app, model, kinds }: ModelDocument, wanted: readonly string[]): Promise<void> {
    const added = wanted.filter((kind) => !kinds.includes(kind));
    if (added.length === 0) return;
    await storing(async () => {
      const other = await this.models.findOne({ app, kinds: { $in: added }, _id: { $ne: _id } });
      if (other)
        throw kindTaken(
          other.kinds.find((kind) => added.includes(kind))!,
          other.model,
          model,
        );
      const { matchedCount } = await this.models.updateOne({ _id, discarded: false }, { $addToSet: { kinds: { $each: added } } });
      if (matchedCount === 0) throw modelDiscarded(app);
    });
  }

  /** False when the model doesn't stand at `from` any more. */
  async move({ _id }: ModelDocument, from: number, to: number): Promise<boolean> {
    const { matchedCount } = await storing(() => this.models.updateOne({ _id, position: from, discarded: false }, { $set: { position: to } }));
    return matchedCount > 0;
  }

  /** Kinds whose rows are to go. */
  async entomb(app: string, model: string): Promise<string[]> {
    return storing(async () => {
      const _id = modelId(app, model);
      await this.create({ _id, app, model, position: 0, discarded: true, kinds: [] });
      const tombstone = await this.models.findOneAndUpdate({ _id }, { $set: { position: 0, discarded: true } }, { returnDocument: 'after' });
      return tombstone!.kinds;
    });
  }

  private async create(document: ModelDocument): Promise<ModelDocument> {
    try {
      await this.models.insertOne(document);
      return document;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      return (await this.models.findOne({ _id: document._id }))!;
    }
  }
}
