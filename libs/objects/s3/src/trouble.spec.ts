import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { S3Connection, type S3Options } from './s3-connection.js';
import { S3ObjectStore } from './s3-object-store.js';

let server: Server | undefined;
let connection: S3Connection | undefined;
afterEach(() => {
  connection?.close();
  server?.closeAllConnections();
  server?.close();
});

/** A store on a server that answers so. */
async function storeOn(answer: RequestListener, options: Partial<S3Options> = {}): Promise<S3ObjectStore> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return storeAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, options);
}

function storeAt(endpoint: string, options: Partial<S3Options>): S3ObjectStore {
  connection = new S3Connection({ endpoint, accessKey: 'a', secretKey: 'b', patienceMs: 0, ...options });
  return new S3ObjectStore(connection, { bucket: 'bucket', folder: 'folder' });
}

const withCode =
  (status: number, code: string): RequestListener =>
  (_, response) =>
    response.writeHead(status).end(`<Error><Code>${code}</Code><Message>m</Message></Error>`);

describe('What a server of S3 says in trouble', () => {
  it.each([
    [507, 'XMinioStorageFull', 'storage.full'],
    [403, 'QuotaExceeded', 'storage.full'],
    [403, 'AccessDenied', 'storage.refused'],
    [404, 'NoSuchBucket', 'storage.refused'],
    [503, 'SlowDown', 'storage.unreachable'],
    [500, 'InternalError', 'storage.unreachable'],
  ])('status %i with %s is %s', async (status, code, expected) => {
    const store = await storeOn(withCode(status, code));
    await expect(store.put('key', Buffer.from('x'))).rejects.toMatchObject({ kind: 'unavailable', code: expected });
    await expect(store.get('key')).rejects.toMatchObject({ kind: 'unavailable', code: expected });
  });

  it('is asked again while it can pass', async () => {
    let left = 3;
    const store = await storeOn((request, response) => (left-- > 0 ? withCode(503, 'SlowDown')(request, response) : response.end()), { patienceMs: 5_000 });
    expect(await store.put('key', Buffer.from('x'))).toEqual({ size: 1 });
    expect(left).toBe(-1);
  });

  it('is nothing for too long: it counts as unreachable', async () => {
    const store = await storeOn(() => undefined, { timeouts: { idle: 100 } });
    await expect(store.put('key', Buffer.from('x'))).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.unreachable' });
  });

  it('is the beginning of a body and then nothing: the stream fails', async () => {
    const store = await storeOn((_, response) => response.writeHead(200, { 'Content-Length': 100 }).write('beginning'), { timeouts: { idle: 100 } });
    await expect((await store.get('key')).toArray()).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.unreachable' });
  });

  it('is another range than was asked for: it is not taken for ours', async () => {
    const store = await storeOn((_, response) => response.writeHead(200, { 'Content-Length': 10 }).end('0123456789'));
    await expect(store.read('key', { start: 3, end: 5 })).rejects.toMatchObject({ code: 'storage.unreachable' });
  });

  it('is nothing at all where nobody listens', async () => {
    await expect(storeAt('http://127.0.0.1:9', {}).stat('key')).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.unreachable' });
  });

  it('is asked only at an address that can be one', () => {
    for (const endpoint of ['', 'host:9000', 'ftp://host', 'http://host/path', 'http://user@host']) {
      expect(() => storeAt(endpoint, {})).toThrow(expect.objectContaining({ kind: 'invalid', code: 'storage.address-invalid' }));
    }
  });
});
