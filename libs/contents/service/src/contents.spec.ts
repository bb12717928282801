import { appNotFound } from '@reprise/access';
import { findApp } from '@reprise/contracts';
import type { AppRef, AppState, ContentState, Principal } from '@reprise/contracts';
import { Installation } from '@reprise/service-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContentsModule } from './contents.module.js';
import { ContentCommandsController } from './contents/content-commands.controller.js';
import { ContentsController } from './contents/contents.controller.js';
import { RulesController } from './rules/rules.controller.js';
import { SchemasController } from './schemas/schemas.controller.js';

const root: Principal = { actor: 'client:root', administrator: true };
const clientOf = (app: AppRef, role: string): Principal => ({ actor: `client:${app.name}:c`, administrator: false, app: { ...app, role } });

let installation: Installation;
beforeAll(async () => {
  installation = await Installation.start({ module: ContentsModule });
  installation.bus.on(findApp, ({ name }) => {
    if (!registered.has(name)) throw appNotFound();
    return { app: registered.get(name)! };
  });
});
afterAll(() => installation.close());

/** What the registry knows, by name. */
const registered = new Map<string, AppState>();
let apps = 0;
/** Each test has an app of its own. */
function newApp(): AppRef {
  const app = { id: `0000000${++apps}-0000-4000-8000-000000000000`, name: `shop-${apps}` };
  const languages = { master: 'en', languages: { en: { isOptional: false, fallback: [] } } };
  registered.set(app.name, { ...app, languages, workflows: {} } as unknown as AppState);
  return app;
}
const schemas = () => installation.get(SchemasController);
const commands = () => installation.get(ContentCommandsController);
const contents = () => installation.get(ContentsController);

const posts = { name: 'posts', isPublished: true, fields: [{ name: 'text', properties: { fieldType: 'String' } }] };

async function withPosts() {
  const app = newApp();
  const on = { principal: root, app, schema: 'posts' };
  const { schema } = await schemas().create({ principal: root, app, schema: JSON.stringify(posts) });
  const create = async (text: string, more: object = {}): Promise<ContentState> => {
    const { content } = await commands().create({ ...on, data: JSON.stringify({ text: { iv: text } }), ...more });
    return content;
  };
  const list = (unpublished: boolean, more: object = {}) => contents().list({ ...on, unpublished, page: { skip: 0, take: 20 }, ...more });
  return { app, on, schema, create, list };
}

describe('schemas', () => {
  it('are found by name and by id, and listed by name', async () => {
    const { app, schema } = await withPosts();
    const { schema: authors } = await schemas().create({ principal: root, app, schema: '{"name":"authors"}' });
    const on = { principal: root, app };
    expect((await schemas().find({ ...on, schema: 'posts' })).schema).toEqual(schema);
    expect((await schemas().find({ ...on, schema: schema.id })).schema).toEqual(schema);
    expect((await schemas().list(on)).schemas).toEqual([authors, schema]);
    await expect(schemas().find({ ...on, schema: 'none' })).rejects.toMatchObject({ code: 'schemas.not-found' });
  });

  it('have names of their own, however many ask at the same moment', async () => {
    const app = newApp();
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => schemas().create({ principal: root, app, schema: '{"name":"one"}' })));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = all.filter((result) => result.status === 'rejected').map(({ reason }) => reason.code);
    expect(new Set(reasons)).toEqual(new Set(['schemas.name-taken']));
    const others = Array.from({ length: 20 }, (_, index) => schemas().create({ principal: root, app, schema: `{"name":"other-${index}"}` }));
    await Promise.all(others);
    expect((await schemas().list({ principal: root, app })).schemas).toHaveLength(21);
  });

  it('are made once by a command that is sent twice', async () => {
    const app = newApp();
    const command = { principal: root, app, key: 'k1', schema: '{"name":"one"}' };
    expect(await schemas().create(command)).toEqual(await schemas().create(command));
    await expect(schemas().create({ ...command, key: 'k2' })).rejects.toMatchObject({ code: 'schemas.name-taken' });
  });
});

describe('contents', () => {
  it('are created, updated, published and deleted, each seen at once', async () => {
    const { on, create, list } = await withPosts();
    const { id, version } = await create('one');
    expect(version).toBe(0);
    const target = { ...on, id };
    await expect(contents().find({ ...target, unpublished: false })).rejects.toMatchObject({ code: 'contents.not-found' });
    expect((await commands().update({ ...target, data: '{"text":{"iv":"two"}}' })).content.version).toBe(1);
    expect((await commands().changeStatus({ ...target, status: 'Published' })).content.currentVersion.status).toBe('Published');
    expect((await contents().find({ ...target, unpublished: false })).content).toMatchObject({ version: 2, currentVersion: { data: '{"text":{"iv":"two"}}' } });
    await commands().delete(target);
    await expect(contents().find({ ...target, unpublished: true })).rejects.toMatchObject({ code: 'contents.not-found' });
    expect((await list(true)).total).toBe(0);
  });

  it('are listed in pages with their total, by ids, and only as far as they are published', async () => {
    const { create, list } = await withPosts();
    const drafts = [await create('a'), await create('b')];
    const published = await create('c', { publish: true });
    expect((await list(false)).contents).toEqual([published]);
    const page = await list(true, { page: { skip: 1, take: 1 } });
    expect([page.total, page.contents.length]).toEqual([3, 1]);
    expect((await list(true, { ids: [drafts[0]!.id, 'none'] })).contents).toEqual([drafts[0]]);
  });

  it('have an id once, given or not, and a repeated command makes no second one', async () => {
    const { create, list } = await withPosts();
    const mine = await create('a', { id: 'my-id', key: 'k1' });
    expect(await create('a', { id: 'my-id', key: 'k1' })).toEqual(mine);
    await expect(create('a', { id: 'my-id' })).rejects.toMatchObject({ kind: 'conflict', code: 'contents.id-taken' });
    await expect(create('a', { id: 'no/id' })).rejects.toMatchObject({ code: 'contents.invalid' });
    expect((await create('b', { key: 'k2' })).id).toBe((await create('b', { key: 'k2' })).id);
    expect((await list(true)).total).toBe(2);
  });

  it('all take effect when many write at once', async () => {
    const { on, create, list } = await withPosts();
    const created = await Promise.all(Array.from({ length: 30 }, (_, index) => create(String(index))));
    await Promise.all(created.map(({ id }, index) => commands().update({ ...on, id, data: `{"text":{"iv":"${index}!"}}` })));
    const { total, contents } = await list(true, { page: { skip: 0, take: 100 } });
    expect(total).toBe(30);
    expect(contents.every(({ version }) => version === 1)).toBe(true);
  });

  it('are out of reach while their schema is not published', async () => {
    const app = newApp();
    await schemas().create({ principal: root, app, schema: '{"name":"hidden"}' });
    const on = { principal: root, app, schema: 'hidden' };
    await expect(commands().create({ ...on, data: '{}' })).rejects.toMatchObject({ code: 'schemas.not-found' });
    await expect(contents().list({ ...on, unpublished: true, page: { skip: 0, take: 1 } })).rejects.toMatchObject({ code: 'schemas.not-found' });
  });
});

describe('rights', () => {
  it('end at the own app', async () => {
    const { app, on } = await withPosts();
    const stranger = clientOf({ id: 'other', name: 'other' }, 'Owner');
    const notFound = { kind: 'not-found', code: 'apps.not-found' };
    await expect(schemas().list({ principal: stranger, app })).rejects.toMatchObject(notFound);
    await expect(schemas().create({ principal: stranger, app, schema: '{"name":"x"}' })).rejects.toMatchObject(notFound);
    await expect(commands().create({ ...on, principal: stranger, data: '{}' })).rejects.toMatchObject(notFound);
    await expect(installation.get(RulesController).list({ principal: stranger, app })).rejects.toMatchObject(notFound);
  });

  it('follow from the role: readers read, editors write contents, developers make schemas', async () => {
    const { app, on, list } = await withPosts();
    const create = (role: string) => commands().create({ ...on, principal: clientOf(app, role), data: '{"text":{"iv":"x"}}' });
    const newSchema = (role: string) => schemas().create({ principal: clientOf(app, role), app, schema: `{"name":"of-${role.toLowerCase()}"}` });
    expect((await list(true, { principal: clientOf(app, 'Reader') })).total).toBe(0);
    await expect(create('Reader')).rejects.toMatchObject({ kind: 'forbidden', code: 'auth.forbidden' });
    await expect(newSchema('Editor')).rejects.toMatchObject({ code: 'auth.forbidden' });
    expect((await create('Editor')).content.createdBy).toBe(`client:${app.name}:c`);
    expect((await newSchema('Developer')).schema.name).toBe('of-developer');
  });
});
