import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServerProcess } from '@reprise/server-process';
import { JobsApi, SquidexBadRequestError, SquidexClient, SquidexForbiddenError, SquidexNotFoundError } from '@squidex/squidex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandalone } from './support/standalone.js';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

describe("Squidex's own client", () => {
  let server: ServerProcess;
  const appName = randomUUID();
  let client: SquidexClient;
  let schemaId: string;
  let contentId: string;
  let assetId: string;

  const clientOf = (app: string, clientId = 'root', clientSecret = server.secret) =>
    new SquidexClient({ appName: app, clientId, clientSecret, url: server.url });

  beforeAll(async () => {
    server = await startStandalone();
    client = clientOf(appName);
  });
  afterAll(() => server.stop());

  it('makes an app, once', async () => {
    const app = await client.apps.postApp({ name: appName });
    expect(app).toMatchObject({ name: appName, version: 0 });
    const error = await client.apps.postApp({ name: appName }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SquidexBadRequestError);
    expect((error as SquidexBadRequestError).body).toMatchObject({ details: ['An app with the same name already exists.'] });
    await expect(client.apps.postApp({ name: 'No Slug' })).rejects.toBeInstanceOf(SquidexBadRequestError);
    expect((await client.apps.getApps()).map(({ name }) => name)).toEqual([appName]);
    expect((await client.apps.getLanguages()).items).toMatchObject([{ iso2Code: 'en', isMaster: true }]);
  });

  it('makes a schema of many fields', async () => {
    const field = (name: string, properties: { fieldType: string } & Record<string, unknown>, partitioning = 'invariant') => ({
      name,
      partitioning,
      properties,
    });
    const schema = await client.schemas.postSchema({
      name: 'my-schema',
      isPublished: true,
      fields: [
        field('number', { fieldType: 'Number', isRequired: true }),
        field('string', { fieldType: 'String', maxLength: 5 }),
        field('localized', { fieldType: 'String', defaultValue: 'default' }, 'language'),
        field('create-only', { fieldType: 'String', isCreateOnly: true }),
        field('geolocation', { fieldType: 'Geolocation' }),
        field('json', { fieldType: 'Json' }),
      ] as never,
    });
    schemaId = schema.id;
    const read = await client.schemas.getSchema(schemaId);
    expect(read).toMatchObject({ name: 'my-schema', type: 'Default', isPublished: true });
    expect(read.fields.map(({ fieldId, name, properties }) => [fieldId, name, (properties as { fieldType: string }).fieldType])).toEqual([
      [1, 'number', 'Number'],
      [2, 'string', 'String'],
      [3, 'localized', 'String'],
      [4, 'create-only', 'String'],
      [5, 'geolocation', 'Geolocation'],
      [6, 'json', 'Json'],
    ]);
    await expect(client.schemas.postSchema({ name: 'my-schema' })).rejects.toBeInstanceOf(SquidexBadRequestError);
    expect((await client.schemas.getSchemas()).items.length).toBe(1);
  });

  it('writes and reads contents', async () => {
    const data = { number: { iv: 1 }, string: { iv: null }, json: { iv: { a: [1, 2] } } } as never;
    const created = await client.contents.postContent('my-schema', data, { publish: true });
    contentId = created.id;
    const read = await client.contents.getContent('my-schema', contentId);
    expect(read.data).toMatchObject({ number: { iv: 1 }, json: { iv: { a: [1, 2] } } });
    expect([read.status, read.version]).toEqual(['Published', 1]);
    expect(read.lastModified).toBeInstanceOf(Date);

    const draft = await client.contents.postContent('my-schema', { number: { iv: 2 } });
    await expect(client.contents.getContent('my-schema', draft.id)).rejects.toBeInstanceOf(SquidexNotFoundError);
    expect(await client.contents.getContent('my-schema', draft.id, { unpublished: true })).toMatchObject({ status: 'Draft', version: 0 });
    await client.contents.putContent('my-schema', draft.id, { number: { iv: 3 } });
    await client.contents.putContentStatus('my-schema', draft.id, { status: 'Published' });
    const refused = await client.contents
      .postContent('my-schema', { number: { iv: '1' }, localized: { xx: 'a' }, string: { iv: 'abcdef' } })
      .catch((thrown: unknown) => thrown);
    expect((refused as SquidexBadRequestError).body).toMatchObject({
      message: 'Validation error',
      details: ['number.iv: Invalid json type, expected number.', 'localized.xx: Not a known language.', 'string.iv: Must not have more than 5 character(s).'],
    });
    await expect(client.contents.putContentStatus('my-schema', draft.id, { status: 'Nowhere' })).rejects.toBeInstanceOf(SquidexBadRequestError);
    const list = await client.contents.getContents('my-schema', { $top: 1 });
    expect([list.total, list.items.length]).toEqual([2, 1]);
    await client.contents.deleteContent('my-schema', draft.id);
    await expect(client.contents.getContent('my-schema', draft.id, { unpublished: true })).rejects.toBeInstanceOf(SquidexNotFoundError);
  });

  it('uploads and downloads assets', async () => {
    const file = new File([PNG], 'logo-squared.png', { type: 'image/png' });
    const created = await client.assets.postAsset({ file });
    assetId = created.id;
    expect(await client.assets.getAsset(assetId)).toMatchObject({
      fileName: 'logo-squared.png',
      fileSize: PNG.length,
      mimeType: 'image/png',
      isImage: true,
      pixelWidth: 1,
    });
    const content = await client.assets.getAssetContentBySlugRaw(assetId);
    expect(content.raw.headers.get('Content-Type')).toBe('image/png');
    expect((await content.value()).size).toBe(PNG.length);
    expect((await client.assets.getAssets()).total).toBe(1);
    expect((await client.assets.getAssetFolders()).path).toEqual([]);
  });

  it('configures the app', async () => {
    expect((await client.apps.postLanguage({ language: 'de' })).items.map(({ iso2Code }) => iso2Code)).toEqual(['en', 'de']);
    await expect(client.apps.postLanguage({ language: 'de' })).rejects.toMatchObject({ statusCode: 400 });
    const { items } = await client.apps.postClient({ id: 'reader' });
    expect(items.find(({ id }) => id === 'reader')).toMatchObject({ name: 'reader', role: 'Editor' });
    const invited = await client.apps.postContributor({ contributorId: 'someone@example.com', role: 'Developer', invite: true });
    expect(invited.items).toMatchObject([{ contributorEmail: 'someone@example.com', role: 'Developer' }]);
    expect((await client.apps.getRoles()).items.map(({ name }) => name)).toEqual(['Owner', 'Developer', 'Editor', 'Reader']);
    expect((await client.apps.getWorkflows()).items).toBeInstanceOf(Array);
    const user = await client.userManagement.postUser({ email: 'person@example.com', displayName: 'A person', password: 'secret-123', permissions: [] });
    expect(await client.userManagement.getUser(user.id)).toMatchObject({ email: 'person@example.com', displayName: 'A person' });
    expect((await client.rules.getRules()).items).toEqual([]);
    await client.ping.getPing();
  });

  it.each([false, true])('backs up and restores, with the app deleted before: %s', { timeout: 60_000 }, async (deleted) => {
    const app = deleted ? randomUUID() : appName;
    const mine = clientOf(app);
    if (deleted) await mine.apps.postApp({ name: app });
    expect((await mine.backups.getBackups()).items).toEqual([]);
    await mine.backups.postBackup();
    const backup = await until(async () => (await mine.backups.getBackups()).items.find(isOver));
    expect(backup.status).toBe('Completed');
    const jobs = new JobsApi(mine['configuration']);
    expect(await until(async () => (await jobs.getJobs()).items.find(isOver))).toMatchObject({
      status: 'Completed',
      taskName: 'backup',
      description: 'Backup',
    });
    if (deleted) await mine.apps.deleteApp();

    const url = server.url + backup.links['download']!.href;
    await client.backups.postRestoreJob({ url, name: `${app}-restore` });
    const restore = await until(async () => {
      const job = await client.backups.getRestoreJob();
      return job.url === url && isOver(job) ? job : undefined;
    });
    expect([restore.status, restore.log.at(-1)]).toEqual(['Completed', expect.stringMatching(/^\d{4}-.*Z: Completed, Yeah!$/)]);
    const restored = clientOf(`${app}-restore`);
    expect((await restored.apps.getApp()).name).toBe(`${app}-restore`);
    if (deleted) return;
    expect((await restored.contents.getContent('my-schema', contentId)).data).toEqual((await client.contents.getContent('my-schema', contentId)).data);
    expect((await restored.schemas.getSchema('my-schema')).id).toBe(schemaId);
    expect((await (await restored.assets.getAssetContentBySlugRaw(assetId)).value()).size).toBe(PNG.length);
    await restored.assets.deleteAsset(assetId);
    await expect(restored.assets.getAsset(assetId)).rejects.toBeInstanceOf(SquidexNotFoundError);
    expect(await client.assets.getAsset(assetId)).toMatchObject({ id: assetId });
  });

  it("keeps an app's client within its app and role", async () => {
    const { items } = await client.apps.getClients();
    const reader = items.find(({ id }) => id === 'reader')!;
    const mine = clientOf(appName, `${appName}:reader`, reader.secret);
    expect((await mine.apps.getApps()).map(({ name }) => name)).toEqual([appName]);
    expect((await mine.contents.getContents('my-schema')).total).toBe(1);
    await expect(mine.apps.getClients()).rejects.toBeInstanceOf(SquidexForbiddenError);
    await expect(mine.apps.getContributors()).rejects.toBeInstanceOf(SquidexForbiddenError);
    await expect(mine.backups.getBackups()).rejects.toBeInstanceOf(SquidexForbiddenError);
    await expect(mine.apps.postApp({ name: 'another-app' })).rejects.toBeInstanceOf(SquidexForbiddenError);
    await expect(mine.backups.postRestoreJob({ url: 'https://example.com/a.zip' })).rejects.toBeInstanceOf(SquidexForbiddenError);
    const elsewhere = clientOf(`${appName}-restore`, `${appName}:reader`, reader.secret);
    await expect(elsewhere.schemas.getSchemas()).rejects.toBeInstanceOf(SquidexNotFoundError);
  });
});

function isOver({ status }: { status: string }): boolean {
  return status === 'Completed' || status === 'Failed';
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(50);
  }
}
