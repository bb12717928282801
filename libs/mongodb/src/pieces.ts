import type { mongo } from 'mongoose';
import type { MongoDatabase } from './mongo-database.js';
import { eachOf, isDuplicate, storing } from './mongo-errors.js';
import { collection } from './mongo-module.js';

/** Far below the 16 MB that a document may have, so that it also fits into an answer beside others. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** Names of one query. */
const AT_ONCE = 1_000;

export interface PieceDocument {
  _id: string;
  app: string;
  /** What the bytes belong to: they are found and removed by it even when nothing names the owner any more. */
  about: string;
  owner: string;
  at: Date;
  bytes: mongo.Binary;
}

/** The collection of an adapter's pieces, for its module. */
export const piecesCollection = () =>
  collection<PieceDocument>({ _id: String, app: String, about: String, owner: String, at: Date, bytes: Buffer }, [[{ app: 1, about: 1 }], [{ owner: 1 }]]);

/**
 * Texts that are too large for a document, spread over several. Without transactions: the pieces are written first, then the document
 * that names their owner, and they are removed after it.
 */
export class Pieces {
  private readonly pieces: mongo.Collection<PieceDocument>;

  constructor(database: MongoDatabase, name: string) {
    this.pieces = database.collection<PieceDocument>(name);
  }

  /** Idempotent: the same owner has the same bytes, always. */
  async put({ app, about, owner }: { app: string; about: string; owner: string }, bytes: Buffer): Promise<void> {
    await storing(async () => {
      for (let start = 0, n = 0; start < bytes.length; start += PIECE_BYTES, n++) {
        const piece = bytes.subarray(start, start + PIECE_BYTES) as unknown as mongo.Binary;
        try {
          await this.pieces.insertOne({ _id: `${owner}#${n}`, app, about, owner, at: new Date(), bytes: piece });
        } catch (error) {
          if (!isDuplicate(error)) throw error;
        }
      }
    });
  }

  /** All bytes, or undefined when a piece is missing: the document that named the owner has changed since. */
  async get(owner: string, length: number): Promise<Buffer | undefined> {
    return storing(async () => {
      const parts: Buffer[] = [];
      for (let n = 0; n * PIECE_BYTES < length; n++) {
        const piece = await this.pieces.findOne({ _id: `${owner}#${n}` });
        if (!piece) return undefined;
        parts.push(Buffer.from(piece.bytes.buffer));
      }
      return Buffer.concat(parts);
    });
  }

  /** The first piece of each text that was written longer ago. */
  olderThan(milliseconds: number): AsyncGenerator<Pick<PieceDocument, 'app' | 'about' | 'owner'>> {
    const old = { _id: /#0$/, at: { $lt: new Date(Date.now() - milliseconds) } };
    return eachOf(this.pieces.find(old, { projection: { app: 1, about: 1, owner: 1 } }));
  }

  async removeOwned(owners: readonly string[]): Promise<void> {
    if (owners.length > 0) await storing(() => this.pieces.deleteMany({ owner: { $in: [...owners] } }));
  }

  /** The owners of what there is about these. */
  async owners(app: string, about: readonly string[]): Promise<string[]> {
    const found = this.pieces.find({ app, about: { $in: [...about] } }, { projection: { owner: 1 } });
    return (await storing(() => found.toArray())).map(({ owner }) => owner);
  }

  async removeAbout(app: string, about: readonly string[]): Promise<void> {
    for (let i = 0; i < about.length; i += AT_ONCE) {
      await storing(() => this.pieces.deleteMany({ app, about: { $in: about.slice(i, i + AT_ONCE) } }));
    }
  }

  /** Removes those of an app, all of them or those about something that begins so. */
  async removeAll(app: string, prefix = ''): Promise<void> {
    await storing(() => this.pieces.deleteMany(prefix === '' ? { app } : { app, about: { $gte: prefix, $lt: `${prefix}\u{10ffff}` } }));
  }
}
