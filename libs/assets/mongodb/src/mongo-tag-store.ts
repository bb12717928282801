import { discardedError, TagStore, type Tag, type TagSet } from '@reprise/assets-core';
import { newId } from '@reprise/kernel';
import { storing, untilDecided, type MongoDatabase } from '@reprise/mongodb';
import { AppDocuments } from './app-documents.js';
import { APPS, type AppDocument } from './documents.js';

export class MongoTagStore extends TagStore {
  private readonly apps: AppDocuments;

  constructor(private readonly database: MongoDatabase) {
    super();
    this.apps = new AppDocuments(database);
  }

  async ensure(appId: string, names: readonly string[]): Promise<string[]> {
    if (names.length === 0) return [];
    return storing(() =>
      untilDecided(async () => {
        const app = await this.apps.find(appId);
        if (app?.discarded) throw discardedError();
        const { ids, missing } = resolved(app ?? { _id: appId }, names);
        if (missing.length === 0) return ids;
        const added = await this.apps.change(appId, { $push: { tags: { $each: missing } }, $inc: { version: 1 } }, app?.version ?? 0);
        return added && ids;
      }),
    );
  }

  async adjust(appId: string, changes: Readonly<Record<string, number>>): Promise<void> {
    if (Object.keys(changes).length === 0) return;
    await storing(() =>
      this.database.collection<AppDocument>(APPS).updateOne({ _id: appId, tags: { $exists: true } }, [{ $set: { tags: adjusted(changes) } }]),
    );
  }

  async read(appId: string): Promise<TagSet> {
    const { tags = [], aliases = [] } = (await storing(() => this.apps.find(appId))) ?? {};
    return { tags, aliases };
  }

  async replace(appId: string, { tags, aliases }: TagSet): Promise<void> {
    const set = {
      tags: tags.map(({ id, name, count }) => ({ id, name, count })),
      aliases: aliases.map(({ from, to }) => ({ from, to })),
    };
    await storing(() => untilDecided(() => this.apps.change(appId, { $set: set, $inc: { version: 1 } })));
  }

  async discard(appId: string): Promise<void> {
    await storing(() => this.apps.discard(appId));
  }
}

/** The ids that the names mean (an alias's target, else the first tag of that name), and the tags to be made for it. */
function resolved({ tags = [], aliases = [] }: AppDocument, names: readonly string[]): { ids: string[]; missing: Tag[] } {
  const targets = new Map(aliases.map(({ from, to }) => [from, to]));
  const idOf = new Map(tags.toReversed().map(({ id, name }) => [name, id]));
  const missing: Tag[] = [];
  const ids = names.map((name) => {
    const meant = targets.get(name) ?? name;
    const known = idOf.get(meant);
    if (known !== undefined) return known;
    const tag = { id: newId(), name: meant, count: 0 };
    idOf.set(meant, tag.id);
    missing.push(tag);
    return tag.id;
  });
  return { ids, missing };
}

/** All tags, each with its changes added, none below 0. Ids come as literals: they may look like anything. */
function adjusted(changes: Readonly<Record<string, number>>) {
  const list = Object.entries(changes).map(([id, by]) => ({ id, by }));
  const own = { $filter: { input: { $literal: list }, as: 'change', cond: { $eq: ['$$change.id', '$$tag.id'] } } };
  const by = { $sum: { $map: { input: own, as: 'change', in: '$$change.by' } } };
  return { $map: { input: '$tags', as: 'tag', in: { $mergeObjects: ['$$tag', { count: { $max: [0, { $add: ['$$tag.count', by] }] } }] } } };
}
