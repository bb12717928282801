import type { Readable } from 'node:stream';

/** Bytes `start` to `end`, both included, as in HTTP. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface ObjectInfo {
  key: string;
  /** Bytes. */
  size: number;
  modified: Date;
}

/** A piece of a composed object: bytes at hand, or (a range of) an object, of this store or another, that is copied without passing through memory. */
export type ComposePart = { bytes: Uint8Array } | { from: ObjectStore; key: string; range?: ByteRange };

/**
 * A store of immutable objects. Keys are made by us, of ids, slashes and `[A-Za-z0-9._@-]`, never of a name that somebody sent;
 * others are refused (`objects.key-invalid`). An object is there whole or not at all: a put that fails or dies leaves nothing visible.
 * Writing a key again replaces the object. Errors: `objects.not-found` (not-found), `storage.full` (unavailable).
 */
export abstract class ObjectStore {
  /** Resolves when the object is durable. `source` is consumed once; a chunk is its own again, to be filled anew, when it is asked for the next. */
  abstract put(key: string, source: AsyncIterable<Uint8Array> | Uint8Array): Promise<{ size: number }>;
  abstract get(key: string, range?: ByteRange): Promise<Readable>;
  /** A small object or range in one piece. */
  abstract read(key: string, range?: ByteRange): Promise<Buffer>;
  abstract stat(key: string): Promise<ObjectInfo | undefined>;
  /** Parts end to end, in order. */
  abstract compose(key: string, parts: ComposePart[]): Promise<{ size: number }>;
  /** Idempotent. */
  abstract delete(key: string): Promise<void>;
  /**
   * In order of keys; but whether `a-x` and `a.x` come before or behind what lies in the folder `a` is the store's affair: some order names folder
   * by folder.
   */
  abstract list(prefix: string): AsyncIterable<ObjectInfo>;
  /** All objects whose key starts with `prefix`; idempotent. */
  abstract deleteAll(prefix: string): Promise<void>;
}

/** Asset files and avatars: `{appId}/{upload id}` or `{appId}/@{position}`. Token for injection. */
export abstract class AssetObjects extends ObjectStore {}

/** Archives, fragments, uploads and the working files of jobs. Token for injection. */
export abstract class ArchiveObjects extends ObjectStore {}
