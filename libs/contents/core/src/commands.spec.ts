import type { ContentState, EntityState, SchemaState } from '@reprise/contracts';
import { defaultWorkflow } from '@reprise/app-registry-core';
import { newEvent, recordEvent } from '@reprise/event-store-core';
import { applyEvent } from '@reprise/read-models-core';
import type { DecidedEvent, Projection } from '@reprise/read-models-core';
import { describe, expect, it } from 'vitest';
import { changeStatus } from './content/commands/change-status.js';
import { checkContentId } from './content/commands/content-id.js';
import { createContent } from './content/commands/create-content.js';
import { deleteContent } from './content/commands/delete-content.js';
import { updateContent } from './content/commands/update-content.js';
import { contentProjection } from './content/content.projection.js';
import type { AppSettings } from './content/validate-data.js';
import { createSchema } from './schema/commands/create-schema.js';
import { parseNewSchema } from './schema/commands/new-schema.js';
import { schemaProjection } from './schema/schema.projection.js';

/** What the events lead to once they are written. */
function after<State extends EntityState>(projection: Projection<State>, id: string, state: State | undefined, events: readonly DecidedEvent[]): State {
  let next = state;
  for (const { type, payload } of events) {
    const version = (next?.version ?? -1) + 1;
    const parts = { app: { id: 'a1', name: 'shop' }, actor: 'client:shop:b', eventId: 'e', commitId: 'c', aggregateId: `a1--${id}`, timestamp: new Date(0) };
    const event = { ...newEvent({ type, payload, ...parts }), stream: `${projection.kind}-a1--${id}`, position: version + 1, version };
    next = applyEvent(projection, next, recordEvent(event, new Map()));
  }
  if (!next) throw new Error('The events make no object.');
  return next;
}

function schemaOf(body: object): SchemaState {
  return after(schemaProjection, 's1', undefined, createSchema(undefined, 's1', parseNewSchema(JSON.stringify(body)), undefined));
}

const app: AppSettings = { languages: { master: 'en', languages: { en: { isOptional: false, fallback: [] } } }, workflows: {} };
const field = (name: string, fieldType: string, more: object = {}) => ({ name, properties: { fieldType, ...more } });
const articles = schemaOf({
  name: 'articles',
  isPublished: true,
  fields: [
    field('number', 'Number', { isRequired: true }),
    { ...field('title', 'String', { isRequiredOnPublish: true }), partitioning: 'language' },
    field('tags', 'Tags'),
  ],
});
const create = (data: string, more: object = {}) => createContent(undefined, { id: 'c1', schema: articles, app, data, ...more });
const content = (data: string, more: object = {}): ContentState => after(contentProjection, 'c1', undefined, create(data, more));
const apply = (state: ContentState, events: DecidedEvent[]) => after(contentProjection, 'c1', state, events);
const problems = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { details: unknown }).details;
  }
};

describe('creating a schema', () => {
  it('gives ids to fields in order, nested ones right after their parent, and fills in what was not said', () => {
    const schema = schemaOf({
      name: 'pages',
      fields: [
        field('title', 'String', { maxLength: 10, label: 'Title' }),
        { ...field('items', 'Array'), nested: [field('caption', 'String'), field('image', 'Assets')] },
        { ...field('text', 'RichText'), partitioning: 'language', isLocked: true },
      ],
    });
    expect(schema).toMatchObject({ appId: 'a1,shop', type: 'Default', isPublished: false, category: null, schemaFieldsTotal: 5, version: 0 });
    const [title, items, text] = schema.fields;
    expect(schema.fields.map(({ id }) => id)).toEqual([1, 2, 5]);
    expect(items?.children).toMatchObject([
      { id: 3, name: 'caption', partitioning: null, children: null },
      { id: 4, name: 'image', partitioning: null },
    ]);
    expect(title?.properties).toMatchObject({ $type: 'StringField', maxLength: 10, minLength: null, editor: 'Input', isRequired: false, label: 'Title' });
    expect(title?.properties).not.toHaveProperty('fieldType');
    expect(text).toMatchObject({ partitioning: 'language', isLocked: true });
  });

  it("writes the whole schema in Squidex's order, with placeholders for what the object adds", () => {
    const [event] = createSchema(undefined, 's1', parseNewSchema('{"name":"home","isSingleton":true}'), undefined);
    expect(event).toMatchObject({ type: 'SchemaCreatedEventV2', payload: { schemaId: 's1,home' } });
    const schema = event!.payload['schema'] as object;
    const order = 'type name category isPublished fields fieldRules fieldsInLists fieldsInReferences scripts properties previewUrls schemaFieldsTotal';
    const own = 'appId isDeleted id createdBy lastModifiedBy created lastModified version';
    expect(Object.keys(schema).join(' ')).toBe(`${order} ${own}`);
    expect(schema).toMatchObject({ type: 'Singleton', version: -1 });
  });

  it('keeps the schema that references name in its older form too', () => {
    const { properties } = schemaOf({ name: 'a', fields: [field('author', 'References', { schemaIds: ['x1'] })] }).fields[0]!;
    expect(properties).toMatchObject({ schemaId: 'x1', schemaIds: ['x1'] });
  });

  it('refuses a name that a living schema has', () => {
    expect(() => createSchema(undefined, 's2', parseNewSchema('{"name":"articles"}'), articles)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'schemas.name-taken', details: ['A schema with the same name already exists.'] }),
    );
  });

  it('names every problem of the body at once', () => {
    const body = {
      name: 'No Slug',
      type: 'Odd',
      fields: [field('a b', 'String'), field('x', 'Nothing'), field('x', 'String'), { name: 'y' }, { ...field('z', 'String'), nested: [field('n', 'String')] }],
    };
    expect(problems(() => parseNewSchema(JSON.stringify(body)))).toEqual([
      'name: Name is not a valid slug.',
      'type: Type is not a valid value, use one of Default, Singleton, Component.',
      'fields[0].name: Name is not a valid field name: letters, digits and single dashes between them.',
      "fields[1].properties.fieldType: 'Nothing' is not a known type of field.",
      'fields: Fields cannot have duplicate names: x.',
      'fields[3].properties: Properties is required.',
      'fields[4].nested: Only array fields can have nested fields.',
    ]);
    expect(problems(() => parseNewSchema('[]'))).toEqual(['The body must be a JSON object.']);
    expect(problems(() => parseNewSchema('{'))).toHaveLength(1);
  });
});

describe('creating a content', () => {
  it('begins as a draft, at version 0; published it is two events', () => {
    expect(content('{"number":{"iv":1}}')).toMatchObject({
      version: 0,
      currentVersion: { status: 'Draft' },
      schemaId: 's1,articles',
      createdBy: 'client:shop:b',
    });
    expect(content('{"number":{"iv":1},"title":{"en":"x"}}', { publish: true })).toMatchObject({ version: 1, currentVersion: { status: 'Published' } });
    expect(content('{"number":{"iv":1}}', { status: 'Archived' })).toMatchObject({ version: 1, currentVersion: { status: 'Archived' } });
  });

  it('begins where the workflow of its schema begins, and takes none but its steps', () => {
    const step = { transitions: {}, color: null, validate: false, noUpdateRules: null };
    const workflow = { name: null, initial: 'Idea', steps: { Idea: step, Review: step, Published: step }, schemaIds: ['s1'] };
    const own = { app: { ...app, workflows: { w1: { ...defaultWorkflow(null), schemaIds: ['s2'] }, w2: workflow } } };
    expect(content('{"number":{"iv":1}}', own)).toMatchObject({ version: 0, currentVersion: { status: 'Idea' } });
    expect(content('{"number":{"iv":1}}', { ...own, status: 'Review' })).toMatchObject({ version: 1, currentVersion: { status: 'Review' } });
    for (const status of ['Draft', 'review', '', 'constructor']) {
      expect(() => create('{"number":{"iv":1}}', { ...own, status })).toThrow(expect.objectContaining({ kind: 'invalid', code: 'contents.status-invalid' }));
    }
    expect(problems(() => create('{"number":{"iv":1}}', { status: 'Review' }))).toEqual([
      'status: Status is not defined in the workflow, which has Archived, Draft, Published.',
    ]);
  });

  it('keeps the data to the letter: numbers, order, lone surrogates', () => {
    const { currentVersion } = content('{ "tags":null, "number":{"iv":12345678901234567890.10}, "title":{"en":"\\ud83d ü"} }');
    expect(currentVersion.data).toBe('{"tags":null,"number":{"iv":12345678901234567890.10},"title":{"en":"\\uD83D \\u00FC"}}');
  });

  it('accepts null for a field and for its value', () => {
    expect(() => create('{"number":{"iv":1},"title":null,"tags":{"iv":null},"unknown":null}')).not.toThrow();
  });

  it('names every problem of the data at once', () => {
    expect(problems(() => create('{"number":{"iv":"1","en":1},"title":"x","tags":{"iv":{}},"other":{"iv":1}}'))).toEqual([
      'number.iv: Invalid json type, expected number.',
      'number.en: Not a known invariant value, use iv.',
      'title: Invalid json type, expected an object such as {"iv": …} or {"en": …}.',
      'tags.iv: Invalid json type, expected array of strings.',
      'other: Not a known field.',
    ]);
    expect(problems(() => create('{"number":{"iv":null}}'))).toEqual(['number: Field is required.']);
    expect(problems(() => create('[1]'))).toEqual(['The data must be a JSON object with the fields as properties.']);
    expect(problems(() => create('{'))).toHaveLength(1);
  });

  it('looks into the items of arrays, and at languages', () => {
    const shop = schemaOf({
      name: 'shop',
      isPublished: true,
      fields: [
        { ...field('title', 'String', { maxLength: 5 }), partitioning: 'language' },
        { ...field('items', 'Array', { maxItems: 2 }), nested: [field('sku', 'String', { isRequired: true }), field('count', 'Number', { minValue: 1 })] },
      ],
    });
    const inShop = (data: object) => problems(() => createContent(undefined, { id: 'c1', schema: shop, app, data: JSON.stringify(data) }));
    expect(
      inShop({
        title: { en: 'too long', de: 'x' },
        items: {
          iv: [
            { sku: 'a', count: 0 },
            { count: '1', more: true },
          ],
        },
      }),
    ).toEqual([
      'title.en: Must not have more than 5 character(s).',
      'title.de: Not a known language.',
      'items.iv[1].count: Must be greater or equal to 1.',
      'items.iv[2].sku: Field is required.',
      'items.iv[2].count: Invalid json type, expected number.',
    ]);
    expect(inShop({ items: { iv: ['x'] } })).toEqual(['items.iv: Invalid json type, expected array of objects.']);
    expect(inShop({ items: { iv: Array(500).fill({}) } })).toHaveLength(100);
  });

  it('demands what is required on publishing only then', () => {
    expect(problems(() => create('{"number":{"iv":1}}', { publish: true }))).toEqual(['title: Field is required.']);
    expect(() => create('{"number":{"iv":1}}')).not.toThrow();
  });

  it('takes an id once, and again when its content is deleted', () => {
    const first = content('{"number":{"iv":1}}');
    const again = (state: ContentState) => createContent(state, { id: 'c1', schema: articles, app, data: '{"number":{"iv":2}}' });
    expect(() => again(first)).toThrow(expect.objectContaining({ kind: 'conflict', code: 'contents.id-taken' }));
    const deleted = apply(first, deleteContent(first, articles));
    expect(apply(deleted, again(deleted))).toMatchObject({ version: 2, isDeleted: false, currentVersion: { data: '{"number":{"iv":2}}' } });
  });

  it.each(['', 'a b', 'a/b', 'x--deleted', 'a,b', 'x'.repeat(101)])('refuses the id %j', (id) => {
    expect(() => checkContentId(id)).toThrow(expect.objectContaining({ code: 'contents.invalid' }));
  });
});

describe('changing a content', () => {
  it('replaces the data, and writes nothing for the same data', () => {
    const first = content('{"number":{"iv":1}}');
    const updated = apply(first, updateContent(first, articles, app, '{"number":{"iv":2}}'));
    expect(updated).toMatchObject({ version: 1, currentVersion: { data: '{"number":{"iv":2}}' } });
    expect(updateContent(updated, articles, app, '{ "number": {"iv": 2} }')).toEqual([]);
  });

  it('lets fields go back that the schema no longer knows', () => {
    const old = { ...content('{"number":{"iv":1}}'), currentVersion: { status: 'Draft', data: '{"gone":{"iv":1},"number":{"iv":1}}' } };
    expect(updateContent(old, articles, app, '{"gone":{"iv":1},"number":{"iv":2}}')).toHaveLength(1);
    expect(problems(() => updateContent(old, articles, app, '{"never":{"iv":1},"number":{"iv":2}}'))).toEqual(['never: Not a known field.']);
  });

  it('lets languages go back that the app no longer has', () => {
    const old = { ...content('{"number":{"iv":1}}'), currentVersion: { status: 'Draft', data: '{"number":{"iv":1},"title":{"de":"x"}}' } };
    expect(updateContent(old, articles, app, '{"number":{"iv":1},"title":{"de":"y","en":"x"}}')).toHaveLength(1);
    expect(problems(() => updateContent(old, articles, app, '{"number":{"iv":1},"title":{"fr":"x"}}'))).toEqual(['title.fr: Not a known language.']);
  });

  it('says which way its status went', () => {
    const draft = content('{"number":{"iv":1},"title":{"en":"x"}}');
    const [published] = changeStatus(draft, articles, app, 'Published');
    expect(published?.payload).toEqual({ change: 'Published', status: 'Published', newVersion: false, contentId: 'c1', schemaId: 's1,articles' });
    const shown = apply(draft, [published!]);
    expect(changeStatus(shown, articles, app, 'Archived')[0]?.payload).toMatchObject({ change: 'Unpublished', status: 'Archived' });
    expect(changeStatus(draft, articles, app, 'Archived')[0]?.payload).toMatchObject({ change: 'Change' });
    expect(changeStatus(shown, articles, app, 'Published')).toEqual([]);
  });

  it('is not published without what publishing demands, nor given a blank status', () => {
    const draft = content('{"number":{"iv":1}}');
    expect(problems(() => changeStatus(draft, articles, app, 'Published'))).toEqual(['title: Field is required.']);
    expect(() => changeStatus(draft, articles, app, ' ')).toThrow(expect.objectContaining({ code: 'contents.status-invalid' }));
  });

  it('that is deleted, or of another schema, is not found', () => {
    const first = content('{"number":{"iv":1}}');
    const deleted = apply(first, deleteContent(first, articles));
    expect(deleted).toMatchObject({ isDeleted: true, version: 1 });
    const notFound = expect.objectContaining({ kind: 'not-found', code: 'contents.not-found' });
    expect(() => deleteContent(deleted, articles)).toThrow(notFound);
    expect(() => updateContent(first, { ...articles, id: 's2' }, app, '{}')).toThrow(notFound);
    expect(() => changeStatus(undefined, articles, app, 'Draft')).toThrow(notFound);
  });
});
