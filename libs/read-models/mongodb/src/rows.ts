import { eachOf, failedOf, isDuplicate, Pieces, storing, type mongo, type MongoDatabase } from '@reprise/mongodb';
import type { ReadRow } from '@reprise/read-models-core';
import { PIECES, prefixOf, rowId, ROWS, toReadRow, type RowDocument } from './documents.js';

/** Ids of one query. */
const AT_ONCE = 1_000;
/** Rows of one write: texts of this many characters at most, or one row alone. */
const WRITE_CHARACTERS = 8 * 1024 * 1024;
/** States beyond are kept in pieces. */
const LARGE = 8 * 1024 * 1024;
/** A row whose state is replaced while it is read is found replaced at the next look. */
const LOOKS = 5;

/** A row's state, which is gone when the row has changed since it was found. */
const GONE = Symbol('gone');

/** The rows of all models. */
export class Rows {
  private readonly documents: mongo.Collection<RowDocument>;
  private readonly pieces: Pieces;

  constructor(database: MongoDatabase) {
    this.documents = database.collection<RowDocument>(ROWS);
    this.pieces = new Pieces(database, PIECES);
  }

  /** Writes each row unless a newer version of it is there. The same rows written again, or by two at once, come to the same. */
  async put(app: string, rows: readonly ReadRow[]): Promise<void> {
    for (const group of groups(rows)) {
      const documents = await Promise.all(group.map((row) => this.documentOf(app, row)));
      const there = await this.existing(documents);
      const added = await this.insert(documents.filter(({ _id }) => !there.has(_id)));
      await this.replaceOlder(documents.filter(({ _id }) => !added.has(_id)));
    }
  }

  async load(app: string, kind: string, ids: readonly string[]): Promise<Map<string, ReadRow>> {
    const rows = new Map<string, ReadRow>();
    for (let i = 0; i < ids.length; i += AT_ONCE) {
      const some = ids.slice(i, i + AT_ONCE).map((id) => rowId(app, kind, id));
      for (const row of await this.find({ _id: { $in: some } })) rows.set(row.id, row);
    }
    return rows;
  }

  /** Whole rows. One that changes meanwhile is as it was before or after. */
  async find(where: mongo.Filter<RowDocument>, options: mongo.FindOptions = {}): Promise<ReadRow[]> {
    for (let look = 1; ; look++) {
      const rows: ReadRow[] = [];
      let gone = false;
      for await (const document of eachOf(this.documents.find(where, options))) {
        const state = await this.stateOf(document);
        if (state === GONE) gone = true;
        else rows.push(toReadRow(document, state));
      }
      if (!gone || look === LOOKS) return rows;
    }
  }

  async count(where: mongo.Filter<RowDocument>): Promise<number> {
    return storing(() => this.documents.countDocuments(where));
  }

  /** Removes all rows of these kinds. */
  async remove(app: string, kinds: readonly string[]): Promise<void> {
    for (const kind of kinds) {
      await storing(() => this.documents.deleteMany({ app, kind }));
      await this.pieces.removeAll(app, prefixOf(app, kind));
    }
  }

  /** Removes the pieces of states that newer versions of these rows have replaced; never those of one that is still to come. */
  async tidy(app: string, rows: readonly ReadRow[]): Promise<void> {
    for (let i = 0; i < rows.length; i += AT_ONCE) {
      const ids = rows.slice(i, i + AT_ONCE).map(({ kind, id }) => rowId(app, kind, id));
      const owners = new Set(await this.pieces.owners(app, ids));
      if (owners.size === 0) continue;
      const versions = this.documents.find<Pick<RowDocument, '_id' | 'version'>>({ _id: { $in: ids } }, { projection: { version: 1 } });
      const current = new Map((await storing(() => versions.toArray())).map(({ _id, version }) => [_id, version]));
      await this.pieces.removeOwned([...owners].filter((owner) => isReplaced(owner, current)));
    }
  }

  private async documentOf(app: string, { id, order, state, ...row }: ReadRow): Promise<RowDocument> {
    const _id = rowId(app, row.kind, id);
    const document = { _id, app, id, sort: order, ...row };
    const bytes = state.length > LARGE / 4 ? Buffer.byteLength(state) : 0;
    if (bytes <= LARGE) return { ...document, state };
    await this.pieces.put({ app, about: _id, owner: ownerOf(_id, row.version) }, Buffer.from(state));
    return { ...document, spread: bytes };
  }

  private async existing(documents: readonly RowDocument[]): Promise<Set<string>> {
    const found = this.documents.find({ _id: { $in: documents.map(({ _id }) => _id) } }, { projection: { _id: 1 } });
    return new Set((await storing(() => found.toArray())).map(({ _id }) => _id));
  }

  /** Those that were not there, which takes far less than a write that may find one. */
  private async insert(documents: RowDocument[]): Promise<Set<string>> {
    const added = new Set(documents.map(({ _id }) => _id));
    if (documents.length === 0) return added;
    try {
      await storing(() => this.documents.insertMany(documents, { ordered: false }));
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // Another applier was quicker with some of them.
      for (const { index } of failedOf(error as mongo.MongoBulkWriteError)) added.delete(documents[index]!._id);
    }
    return added;
  }

  private async replaceOlder(documents: readonly RowDocument[]): Promise<void> {
    if (documents.length === 0) return;
    const writes = documents.map((replacement) => ({ replaceOne: { filter: { _id: replacement._id, version: { $lte: replacement.version } }, replacement } }));
    await storing(() => this.documents.bulkWrite(writes, { ordered: false }));
  }

  private async stateOf({ _id, version, state, spread }: RowDocument): Promise<string | typeof GONE> {
    if (spread === undefined) return state!;
    const bytes = await this.pieces.get(ownerOf(_id, version), spread);
    return bytes ? bytes.toString() : GONE;
  }
}

/** A version has one state, whoever writes it. */
function ownerOf(row: string, version: number): string {
  return `${row}@${version}`;
}

function isReplaced(owner: string, current: ReadonlyMap<string, number>): boolean {
  const at = owner.lastIndexOf('@');
  return Number(owner.slice(at + 1)) < (current.get(owner.slice(0, at)) ?? 0);
}

function* groups(rows: readonly ReadRow[]): Generator<ReadRow[]> {
  let group: ReadRow[] = [];
  let characters = 0;
  for (const row of rows) {
    if (group.length > 0 && (group.length >= AT_ONCE || characters + row.state.length > WRITE_CHARACTERS)) {
      yield group;
      group = [];
      characters = 0;
    }
    group.push(row);
    characters += row.state.length;
  }
  if (group.length > 0) yield group;
}
