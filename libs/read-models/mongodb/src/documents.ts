import { collection, piecesCollection, type MongoModule } from '@reprise/mongodb';
import type { ReadRow } from '@reprise/read-models-core';

/** One read model of one app. */
export interface ModelDocument {
  _id: string;
  app: string;
  model: string;
  position: number;
  /** A tombstone: nothing is taken any more. */
  discarded: boolean;
  /** Kinds of its rows. Named before the first row is written, so that a tombstone knows all that may come late. */
  kinds: string[];
}

export interface RowDocument {
  /** Kind, app and id, see {@link rowId}. */
  _id: string;
  app: string;
  kind: string;
  id: string;
  version: number;
  parent: string | null;
  name: string | null;
  sort: string;
  visible: boolean;
  published: boolean;
  state?: string;
  /** Bytes of the state where it is too large for a document: it is kept in pieces, by row and version. */
  spread?: number;
}

export const [MODELS, ROWS, PIECES] = ['read_models', 'read_rows', 'read_pieces'] as const;

/**
 * The indexes are those of lists and look-ups; they end with what makes them cover a count. Strings are compared byte by byte in UTF-8, as SQLite does:
 * no index has a collation.
 */
export const readModelCollections: MongoModule = {
  [MODELS]: collection<ModelDocument>({ _id: String, app: String, model: String, position: Number, discarded: Boolean, kinds: [String] }, [
    [{ app: 1, kinds: 1 }],
  ]),
  [ROWS]: collection<RowDocument>(
    {
      _id: String,
      app: String,
      kind: String,
      id: String,
      version: Number,
      parent: String,
      name: String,
      sort: String,
      visible: Boolean,
      published: Boolean,
      state: String,
      spread: Number,
    },
    [
      [{ app: 1, kind: 1, visible: 1, sort: 1, id: 1, published: 1 }],
      [{ app: 1, kind: 1, visible: 1, parent: 1, sort: 1, id: 1, published: 1 }],
      [{ app: 1, kind: 1, visible: 1, name: 1 }],
    ],
  ),
  [PIECES]: piecesCollection(),
};

export function modelId(app: string, model: string): string {
  return `${model}/${app}`;
}

/** Rows of a kind lie side by side, in the order of their ids. */
export function rowId(app: string, kind: string, id: string): string {
  return `${prefixOf(app, kind)}${id.toWellFormed()}`;
}

/** What the ids of all rows of a kind begin with. */
export function prefixOf(app: string, kind: string): string {
  return `${kind}/${app}/`;
}

export function toReadRow({ kind, id, version, parent, name, sort, visible, published }: RowDocument, state: string): ReadRow {
  return { kind, id, version, parent, name, order: sort, visible, published, state };
}
