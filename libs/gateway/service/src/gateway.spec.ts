import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RESERVED_APP_NAMES } from '@reprise/app-registry-core';
import {
  type BodyOf,
  type Contract,
  createAsset,
  createContent,
  findApp,
  findAsset,
  deleteBackup,
  findContent,
  findUsers,
  listApps,
  issueToken,
  listBackups,
  openArchive,
  verifyToken,
  beginUpload,
} from '@reprise/contracts';
import { Clock, Logger, RepriseError, SilentLogger, SystemClock } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import { FolderObjectStore } from '@reprise/objects-fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttpAdapter } from './http/http-adapter.js';
import { GatewayConfig, GatewayModule } from './index.js';

/** Services as the gateway sees them: an answer to each message. */
class Services extends MessageBus {
  readonly received: { name: string; body: Record<string, unknown> }[] = [];
  private readonly answers = new Map<string, (body: never) => unknown>();

  on<C extends Contract>(contract: C, answer: (body: BodyOf<C>) => unknown): void {
    this.answers.set(contract.name, answer);
  }

  async request(contract: Contract, body: unknown): Promise<never> {
    this.received.push({ name: contract.name, body: body as Record<string, unknown> });
    const answer = this.answers.get(contract.name);
    if (!answer) throw new RepriseError('unavailable', 'messaging.unroutable', `Nobody answers ${contract.name}.`);
    return answer(contract.body.parse(body) as never) as never;
  }
  async enqueue(): Promise<void> {}
  async publish(): Promise<void> {}
  async broadcast(): Promise<void> {}
}

const app = { id: 'app-1', name: 'my-app', version: 3, clients: {}, contributors: {}, roles: {}, workflows: {}, languages: { languages: {}, master: 'en' } };
const content = {
  id: 'c1',
  version: 0,
  schemaId: 's1,articles',
  isDeleted: false,
  currentVersion: { status: 'Draft', data: '{"n":{"iv":12345678901234567890},"x":{"iv":1.0}}' },
  newVersion: null,
  scheduleJob: null,
};
/** Enough for two repeats. */
const PATIENCE_MS = 1_000;
const authorization = { authorization: 'Bearer good' };

class ErrorKeeper extends SilentLogger {
  readonly errors: string[] = [];

  override error(message?: string): void {
    this.errors.push(String(message));
  }
}

describe('The gateway', () => {
  const logger = new ErrorKeeper();
  const routes: string[] = [];
  let folder: string;
  let services: Services;
  let objects: FolderObjectStore;
  let nest: NestFastifyApplication;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-gateway-'));
    objects = new FolderObjectStore(folder);
    services = new Services();
    const ports = [
      { provide: MessageBus, useValue: services },
      { provide: AssetObjects, useValue: objects },
      { provide: ArchiveObjects, useValue: objects },
      { provide: Clock, useValue: new SystemClock() },
      { provide: Logger, useValue: logger },
      {
        provide: GatewayConfig,
        useValue: new GatewayConfig({ baseUrl: 'http://localhost', maxAssetBytes: 100_000, maxArchiveBytes: 1_000_000, patienceMs: PATIENCE_MS }),
      },
    ];
    @Global()
    @Module({ providers: ports, exports: ports.map((port) => port.provide) })
    class Ports {}
    @Module({ imports: [Ports, GatewayModule] })
    class Root {}
    const adapter = createHttpAdapter();
    adapter.getInstance().addHook('onRoute', ({ url }) => void routes.push(url));
    nest = await NestFactory.create<NestFastifyApplication>(Root, adapter, { bodyParser: false, logger: false });
    await nest.init();
    await nest.getHttpAdapter().getInstance().ready();
  });

  afterAll(async () => {
    await nest.close();
    await rm(folder, { recursive: true });
  });

  beforeEach(() => {
    services.received.length = 0;
    services.on(verifyToken, ({ token }) => {
      if (token !== 'good') throw new RepriseError('unauthenticated', 'auth.invalid-token', 'No.');
      return { principal: { actor: 'client:root', administrator: true } };
    });
    services.on(findApp, ({ name }) => {
      if (name !== 'my-app') throw new RepriseError('not-found', 'apps.not-found', 'No such app.');
      return { app };
    });
  });

  it('is there for everybody who asks', async () => {
    expect((await nest.inject({ url: '/api/ping' })).statusCode).toBe(204);
    expect((await nest.inject({ url: '/api/ping/' })).statusCode).toBe(204);
  });

  it('has no route where the name of an app would stand, but those that no app can be named after', () => {
    const fixed = routes.flatMap((url) => /^\/api\/(?:apps|content|assets)\/([^:/]+)/.exec(url)?.[1] ?? []);
    expect([...new Set(fixed)].sort()).toEqual(RESERVED_APP_NAMES);
  });

  it('gives tokens in the form of OAuth, and refuses in it', async () => {
    services.on(issueToken, ({ clientId, clientSecret }) => {
      if (clientId !== 'root' || clientSecret !== 'a+b=') throw new RepriseError('unauthenticated', 'auth.invalid-client', 'No.');
      return { accessToken: 'good', expiresInSeconds: 2_592_000 };
    });
    const ask = (secret: string) =>
      nest.inject({
        method: 'POST',
        url: '/identity-server/connect/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'root', client_secret: secret }).toString(),
      });
    expect((await ask('a+b=')).json()).toMatchObject({ access_token: 'good', token_type: 'Bearer', expires_in: 2_592_000 });
    const refused = await ask('wrong');
    expect([refused.statusCode, refused.json().error]).toEqual([400, 'invalid_client']);
  });

  it('lets nobody in without a token that is good', async () => {
    const without = await nest.inject({ url: '/api/apps/my-app' });
    const wrong = await nest.inject({ url: '/api/apps/my-app', headers: { authorization: 'Bearer bad' } });
    expect([without.statusCode, without.body, wrong.statusCode, wrong.body]).toEqual([401, '', 401, '']);
  });

  it('shows an app, and none that is not there', async () => {
    const known = await nest.inject({ url: '/api/apps/my-app/', headers: authorization });
    expect(known.json()).toMatchObject({ id: 'app-1', name: 'my-app', version: 3, _links: { self: { href: '/api/apps/my-app', method: 'GET' } } });
    const unknown = await nest.inject({ url: '/api/apps/other', headers: authorization });
    expect([unknown.statusCode, unknown.body]).toEqual([404, '']);
    expect((await nest.inject({ url: '/nowhere', headers: authorization })).statusCode).toBe(404);
  });

  it('passes contents on and gives them back to the letter', async () => {
    services.on(createContent, ({ data }) => ({ content: { ...content, currentVersion: { status: 'Draft', data } } }));
    services.on(findContent, () => ({ content }));
    const data = '{"n":{"iv":12345678901234567890},"x":{"iv":1.0},"z":{"iv":-0}}';
    const created = await nest.inject({
      method: 'POST',
      url: '/api/content/my-app/articles?publish=true&ID=c1',
      headers: { ...authorization, 'content-type': 'application/json' },
      payload: data,
    });
    expect(created.statusCode).toBe(201);
    expect(created.body).toContain(`"data":${data}`);
    expect(services.received.at(-1)!.body).toMatchObject({ data, publish: true, id: 'c1', schema: 'articles', app: { id: 'app-1', name: 'my-app' } });
    const read = await nest.inject({ url: '/api/content/my-app/articles/c1', headers: { ...authorization, 'x-unpublished': 'true' } });
    expect(read.body).toContain(`"data":${content.currentVersion.data}`);
    expect(services.received.at(-1)!.body).toMatchObject({ unpublished: true });
  });

  it('gives the same key for the same request of the same caller alone', async () => {
    services.on(createContent, () => ({ content }));
    const send = async (url: string) => {
      await nest.inject({ method: 'POST', url, headers: { ...authorization, 'content-type': 'application/json', 'idempotency-key': 'k' }, payload: '{}' });
      return services.received.at(-1)!.body['key'];
    };
    const [first, again, other] = [await send('/api/content/my-app/a'), await send('/api/content/my-app/a'), await send('/api/content/my-app/b')];
    expect(first).toBe(again);
    expect(first).not.toBe(other);
  });

  it('refuses a body that is none', async () => {
    const answer = await nest.inject({
      method: 'POST',
      url: '/api/apps',
      headers: { ...authorization, 'content-type': 'application/json' },
      payload: '{"name":5}',
    });
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { message: 'Validation error', details: [expect.stringContaining('name')] }]);
  });

  it('shows secrets and e-mails to owners alone, and the rest of the settings to everybody of the app', async () => {
    const as = (role: string) =>
      services.on(verifyToken, () => ({ principal: { actor: 'client:my-app:c', administrator: false, app: { id: 'app-1', name: 'my-app', role } } }));
    services.on(findUsers, () => ({ users: [] }));
    const statuses = async (...paths: string[]) =>
      Promise.all(
        paths.map(async (path) => (await nest.inject({ url: `/api/apps/my-app/${path}`, headers: { authorization: `Bearer ${token}` } })).statusCode),
      );
    let token = 'owner';
    as('Owner');
    expect(await statuses('clients', 'contributors')).toEqual([200, 200]);
    for (const role of ['Developer', 'Editor', 'Reader', 'Writers']) {
      token = role;
      as(role);
      expect(await statuses('clients', 'contributors', 'roles', 'workflows', 'languages')).toEqual([403, 403, 200, 200, 200]);
      const { _links: links } = (await nest.inject({ url: '/api/apps/my-app', headers: { authorization: `Bearer ${token}` } })).json();
      expect(Object.keys(links)).not.toContain('clients');
    }
  });

  it('links to the end of an archive without its app, which may be gone', async () => {
    const job = { id: 'j1', kind: 'backup', status: 'Completed', app: { id: 'gone', name: 'my-app' }, created: '2025-01-01T00:00:00Z', log: [] };
    services.on(listBackups, () => ({ jobs: [job] }));
    services.on(deleteBackup, () => ({}));
    const [archive] = (await nest.inject({ url: '/api/backups', headers: authorization })).json().items;
    expect(archive._links.delete).toEqual({ href: '/api/backups/j1', method: 'DELETE' });
    expect((await nest.inject({ method: 'DELETE', url: archive._links.delete.href, headers: authorization })).statusCode).toBe(204);
    expect(services.received.at(-1)).toMatchObject({ name: deleteBackup.name, body: { jobId: 'j1' } });
    expect(services.received.at(-1)!.body).not.toHaveProperty('app');
  });

  const upload = (content: Buffer, fileName = 'Grüße.png') => {
    const head = `--XX\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: image/png\r\n\r\n`;
    return nest.inject({
      method: 'POST',
      url: '/api/apps/my-app/assets?ParentId=f1',
      headers: { ...authorization, 'content-type': 'multipart/form-data; boundary=XX' },
      payload: Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n--XX--\r\n')]),
    });
  };
  const asset = {
    id: 'a1',
    version: 0,
    fileName: 'Grüße.png',
    slug: 'gruesse',
    mimeType: 'image/png',
    fileSize: 3,
    fileVersion: 0,
    tags: ['t1', 't2'],
    metadata: {},
    type: 'Image',
    parentId: 'f1',
    objectKey: 'app-1/u1',
  };

  it('streams an asset into its store', async () => {
    services.on(beginUpload, () => ({ uploadId: 'u1', key: 'app-1/u1' }));
    services.on(createAsset, () => ({ asset, tagNames: { t1: 'cats' } }));
    const answer = await upload(Buffer.from('abc'));
    expect([answer.statusCode, answer.json()]).toMatchObject([201, { id: 'a1', tags: ['cats'], fileType: 'png', isImage: true }]);
    expect(services.received.at(-1)!.body).toMatchObject({
      parentId: 'f1',
      file: {
        uploadId: 'u1',
        fileName: 'Grüße.png',
        mimeType: 'image/png',
        size: 3,
        sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      },
    });
    expect(String(await objects.read('app-1/u1'))).toBe('abc');
  });

  it('keeps nothing of an upload that is too large', async () => {
    services.on(beginUpload, () => ({ uploadId: 'u2', key: 'app-1/u2' }));
    const answer = await upload(Buffer.alloc(200_000));
    expect([answer.statusCode, answer.json().errorCode]).toEqual([413, 'upload.too-large']);
    expect(await objects.stat('app-1/u2')).toBeUndefined();
  });

  it.each([
    ['has no end', 'multipart/form-data; boundary=XX', '--XX\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc'],
    ['has no boundary', 'multipart/form-data', '--XX\r\n\r\nabc\r\n--XX--\r\n'],
  ])('refuses a form that %s, and keeps nothing of it', async (_, type, payload) => {
    services.on(beginUpload, () => ({ uploadId: 'u3', key: 'app-1/u3' }));
    const answer = await nest.inject({ method: 'POST', url: '/api/apps/my-app/assets', headers: { ...authorization, 'content-type': type }, payload });
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { errorCode: 'upload.malformed', message: expect.stringContaining('multipart/form-data') }]);
    expect(await objects.stat('app-1/u3')).toBeUndefined();
    expect(logger.errors).toEqual([]);
  });

  it('takes it calmly when a sender hangs up, and keeps nothing of what came', async () => {
    services.on(beginUpload, () => ({ uploadId: 'u4', key: 'app-1/u4' }));
    await nest.listen(0, '127.0.0.1');
    const { port } = nest.getHttpServer().address() as AddressInfo;
    const { put } = objects;
    const ended = new Promise<unknown>((resolve) => {
      objects.put = async (key, source) => {
        try {
          return await put.call(objects, key, source);
        } catch (error) {
          resolve(error);
          throw error;
        }
      };
    });
    const socket = connect(port, '127.0.0.1');
    const head = ['POST /api/apps/my-app/assets HTTP/1.1', 'Host: x', 'Authorization: Bearer good', 'Content-Type: multipart/form-data; boundary=XX'];
    socket.write(`${[...head, 'Content-Length: 100000'].join('\r\n')}\r\n\r\n--XX\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n`);
    socket.write('a'.repeat(50_000), () => setTimeout(() => socket.destroy(), 100));
    expect(await ended).toMatchObject({ kind: 'invalid', code: 'upload.broken-off' });
    objects.put = put;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(logger.errors).toEqual([]);
    expect(await objects.stat('app-1/u4')).toBeUndefined();
  });

  it('serves the file of an asset to everybody, harmless in a browser', async () => {
    await objects.put('app-1/u1', Buffer.from('abc'));
    services.on(findAsset, () => ({ asset, tagNames: {} }));
    const answer = await nest.inject({ url: '/api/assets/my-app/a1/' });
    expect([answer.statusCode, answer.body]).toEqual([200, 'abc']);
    expect(answer.headers).toMatchObject({ 'content-type': 'image/png', 'content-length': '3', 'x-content-type-options': 'nosniff' });
    expect(answer.headers['content-security-policy']).toContain('sandbox');
    services.on(findAsset, () => ({ asset: { ...asset, mimeType: 'image/svg+xml' }, tagNames: {} }));
    expect((await nest.inject({ url: '/api/assets/my-app/a1' })).headers['content-disposition']).toMatch(/^attachment/);
  });

  it('serves an archive in ranges by its link, whatever became of its app', async () => {
    await objects.put('archives/j1.zip', Buffer.from('0123456789'));
    services.on(openArchive, ({ link, principal }) => {
      if (!principal && link?.signature !== 'good') throw new RepriseError('not-found', 'backups.not-found', 'No.');
      return { key: 'archives/j1.zip', size: 10, etag: 'j1-root', fileName: 'backup-my-app.zip' };
    });
    const url = '/api/apps/jobs/j1?appId=gone&expires=1&signature=good';
    const whole = await nest.inject({ url });
    expect([whole.statusCode, whole.body]).toEqual([200, '0123456789']);
    expect(whole.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-length': '10',
      'accept-ranges': 'bytes',
      etag: '"j1-root"',
      'content-disposition': 'attachment; filename="backup-my-app.zip"',
    });
    const part = await nest.inject({ url, headers: { range: 'bytes=2-4' } });
    expect([part.statusCode, part.body, part.headers['content-range'], part.headers['content-length']]).toEqual([206, '234', 'bytes 2-4/10', '3']);
    const beyond = await nest.inject({ url, headers: { range: 'bytes=10-' } });
    expect([beyond.statusCode, beyond.headers['content-range']]).toEqual([416, 'bytes */10']);
    expect((await nest.inject({ url, headers: { 'if-none-match': '"j1-root"' } })).statusCode).toBe(304);
    const head = await nest.inject({ method: 'HEAD', url });
    expect([head.statusCode, head.headers['content-length'], head.body]).toEqual([200, '10', '']);
    expect((await nest.inject({ url: '/api/apps/jobs/j1?appId=gone' })).statusCode).toBe(404);
    expect((await nest.inject({ url: '/api/apps/my-app/backups/j1', headers: authorization })).body).toBe('0123456789');
  });

  describe('a service that is away', () => {
    /** Fails with these codes, one after the other, and is back then. */
    const failing = (...codes: string[]) => {
      const left = [...codes];
      return () => {
        const code = left.shift();
        if (code !== undefined) throw new RepriseError('unavailable', code, `It says ${code}.`);
      };
    };
    const post = (headers: Record<string, string> = {}) =>
      nest.inject({
        method: 'POST',
        url: '/api/content/my-app/a',
        headers: { ...authorization, 'content-type': 'application/json', ...headers },
        payload: '{}',
      });
    const asked = ({ name }: { name: string }) => services.received.filter((message) => message.name === name).map(({ body }) => body);
    const create = (fail: () => void) =>
      services.on(createContent, () => {
        fail();
        return { content };
      });

    it('is answered by 503 when it does not come back, and nothing was done', async () => {
      const answer = await nest.inject({ url: '/api/apps', headers: authorization });
      expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
      expect(asked(listApps)).toHaveLength(3);
    });

    it.each(['messaging.unroutable', 'messaging.interrupted', 'messaging.timeout', 'storage.unreachable'])(
      'is asked again when it only reads (%s)',
      async (code) => {
        const fail = failing(code, code);
        services.on(listApps, () => {
          fail();
          return { apps: [] };
        });
        expect((await nest.inject({ url: '/api/apps', headers: authorization })).statusCode).toBe(200);
      },
    );

    it('is asked again for a command under its key, which is the same each time', async () => {
      create(failing('messaging.interrupted', 'storage.unreachable'));
      expect((await post({ 'idempotency-key': 'k' })).statusCode).toBe(201);
      const keys = asked(createContent).map(({ key }) => key);
      expect([keys.length, new Set(keys).size, typeof keys[0]]).toEqual([3, 1, 'string']);
    });

    it('is asked again for a command without a key as long as nothing was done', async () => {
      create(failing('messaging.unroutable'));
      expect((await post()).statusCode).toBe(201);
    });

    it.each(['messaging.interrupted', 'messaging.timeout', 'storage.unreachable'])(
      'may have done a command without a key, which says so at once (%s)',
      async (code) => {
        create(failing(code));
        const answer = await post();
        expect([answer.statusCode, answer.headers['retry-after']]).toEqual([504, undefined]);
        expect(answer.json().message).toMatch(/may have been done|It says messaging/);
        expect(asked(createContent)).toHaveLength(1);
      },
    );

    it('may have done a command under a key by an attempt before the last', async () => {
      create(failing('storage.unreachable', ...Array<string>(9).fill('messaging.unroutable')));
      expect((await post({ 'idempotency-key': 'k' })).statusCode).toBe(504);
    });

    it('is not asked again for somebody who hung up', async () => {
      services.on(listApps, failing(...Array<string>(9).fill('messaging.unroutable')));
      if (!nest.getHttpServer().listening) await nest.listen(0, '127.0.0.1');
      const { port } = nest.getHttpServer().address() as AddressInfo;
      const socket = connect(port, '127.0.0.1');
      socket.write('GET /api/apps HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n');
      await expect.poll(() => asked(listApps).length, { interval: 5 }).toBe(1);
      socket.destroy();
      await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
      expect(asked(listApps)).toHaveLength(1);
    });
  });
});
