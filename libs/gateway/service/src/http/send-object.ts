import { Readable } from 'node:stream';
import type { ByteRange, ObjectStore } from '@reprise/objects-core';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface SentObject {
  store: ObjectStore;
  key: string;
  size: number;
  /** Without quotes. The bytes under a key never change. */
  etag: string;
  mimeType: string;
  /** Whole `Content-Disposition`. */
  disposition: string;
}

/** Bytes of a store as an answer, with Content-Length, a single Range and ETag; what `HEAD` asks for isn't read. */
export async function sendObject(request: FastifyRequest, reply: FastifyReply, object: SentObject): Promise<void> {
  const { store, key, size } = object;
  const etag = `"${object.etag}"`;
  reply.header('ETag', etag).header('Accept-Ranges', 'bytes');
  if (matches(request.headers['if-none-match'], etag)) {
    await reply.status(304).send();
    return;
  }
  const ifRange = request.headers['if-range'];
  const range = ifRange === undefined || ifRange === etag ? parseRange(request.headers.range, size) : undefined;
  if (range === 'unsatisfiable') {
    await reply.status(416).header('Content-Range', `bytes */${size}`).send();
    return;
  }
  reply.header('Content-Type', object.mimeType).header('Content-Disposition', object.disposition);
  reply.header('Content-Length', range ? range.end - range.start + 1 : size);
  if (range) reply.status(206).header('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
  // An empty stream, not empty bytes: those would set the length to 0.
  await reply.send(request.method === 'HEAD' || size === 0 ? Readable.from([]) : await store.get(key, range));
}

/** A single range of bytes. `undefined` for none, for several and for what isn't one: then all is sent, as HTTP wants it. */
export function parseRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [first, last] = [match[1]!, match[2]!];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  if (start >= size || (first === '' && Number(last) === 0)) return 'unsatisfiable';
  return { start, end };
}

/** A file's name within a header: plain ASCII for old readers, the real one in UTF-8. */
export function disposition(kind: 'inline' | 'attachment', fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return plain === fileName ? `${kind}; filename="${plain}"` : `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function matches(header: string | undefined, etag: string): boolean {
  return header !== undefined && (header.trim() === '*' || header.split(',').some((item) => item.trim().replace(/^W\//, '') === etag));
}
