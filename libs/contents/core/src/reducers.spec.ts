import type { ContentState, SchemaState } from '@reprise/contracts';
import { describe, expect, it } from 'vitest';
import { contentProjection } from './content/content.projection.js';
import { schemaProjection } from './schema/schema.projection.js';
import { fold } from './spec/archived-events.js';

/** The one object that payloads of one stream lead to. */
function replay<State extends ContentState | SchemaState>(
  projection: Parameters<typeof fold<State>>[0],
  ...payloads: [type: string, payload: object][]
): State {
  const events = payloads.map(([type, payload], version) => ({
    type,
    payload: JSON.stringify({ ...payload, appId: 'a1,shop', actor: 'client:b' }),
    headers: `{"Timestamp":"2024-01-01T00:00:0${version}Z"}`,
    stream: `${projection.kind}-a1--x1`,
    version,
    position: version + 1,
  }));
  return fold(projection, events).get('x1')!;
}

const created: [string, object] = ['ContentCreatedEventV2', { status: 'Published', data: { a: 1 }, contentId: 'x1', schemaId: 's1,articles' }];
const draft: [string, object] = ['ContentDraftCreatedEvent', { migratedData: null, status: 'Draft' }];

describe('a draft beside the published version', () => {
  it('begins with the published data and takes the changes', () => {
    const state = replay(contentProjection, created, draft, ['ContentUpdatedEvent', { data: { a: 2 } }]);
    expect(state).toMatchObject({ currentVersion: { status: 'Published', data: '{"a":1}' }, newVersion: { status: 'Draft', data: '{"a":2}' } });
  });

  it('takes the place of the published version when it is published, and only then', () => {
    const review: [string, object] = ['ContentStatusChangedEventV2', { status: 'Review', change: 'Change' }];
    const publish: [string, object] = ['ContentStatusChangedEventV2', { status: 'Published', change: 'Published' }];
    const update: [string, object] = ['contentupdatedevent', { Data: { a: 3 } }];
    expect(replay(contentProjection, created, draft, review)).toMatchObject({ currentVersion: { status: 'Published' }, newVersion: { status: 'Review' } });
    expect(replay(contentProjection, created, draft, update, publish)).toMatchObject({ currentVersion: { data: '{"a":3}' }, newVersion: null });
    expect(replay(contentProjection, created, draft, ['ContentDraftDeletedEvent', {}])).toMatchObject({
      currentVersion: { data: '{"a":1}' },
      newVersion: null,
    });
  });

  it('and a schedule end with the next change of status', () => {
    const scheduled: [string, object] = ['ContentStatusScheduledEvent', { status: 'Archived', dueTime: '2030-01-01T00:00:00Z' }];
    const job = { status: 'Archived', dueTime: '2030-01-01T00:00:00Z', scheduledBy: 'client:b' };
    expect(replay(contentProjection, created, scheduled)).toMatchObject({ scheduleJob: job });
    expect(replay(contentProjection, created, scheduled).scheduleJob?.id).toBe(replay(contentProjection, created, scheduled).scheduleJob?.id);
    expect(replay(contentProjection, created, scheduled, ['ContentStatusChangedEventV2', { status: 'Draft' }]).scheduleJob).toBeNull();
    expect(replay(contentProjection, created, scheduled, ['ContentSchedulingCancelledEvent', {}]).scheduleJob).toBeNull();
    expect(replay(contentProjection, created, scheduled, draft).scheduleJob).toBeNull();
  });
});

describe('the fields of a schema', () => {
  const array = { id: 1, name: 'items', properties: { $type: 'Array' }, children: [{ id: 2, name: 'caption', properties: { $type: 'String' } }] };
  const schema: [string, object] = [
    'SchemaCreatedEventV2',
    { schema: { name: 'pages', fields: [array, { id: 3, name: 'title', properties: { $type: 'StringField' } }] } },
  ];
  const names = (state: SchemaState) => state.fields.map(({ name, children }) => [name, ...(children ?? []).map((child) => child.name)]);
  const nested = { parentFieldId: '1,items' };

  it('are added, also nested ones, with ids that are never given again', () => {
    const added: [string, object] = ['FieldAddedEvent', { name: 'image', properties: { $type: 'AssetsField' }, fieldId: '4,image', ...nested }];
    const deleted: [string, object] = ['FieldDeletedEvent', { fieldId: '4,image', ...nested }];
    expect(names(replay(schemaProjection, schema, added))).toEqual([['items', 'caption', 'image'], ['title']]);
    const state = replay(schemaProjection, schema, added, deleted);
    expect(names(state)).toEqual([['items', 'caption'], ['title']]);
    expect(state.schemaFieldsTotal).toBe(4);
  });

  it('are reordered, hidden, locked, disabled and updated; an unknown one has no effect', () => {
    const state = replay(
      schemaProjection,
      schema,
      ['SchemaFieldsReorderedEvent', { fieldIds: [3, 1] }],
      ['FieldHiddenEvent', { fieldId: '2,caption', ...nested }],
      ['FieldLockedEvent', { fieldId: '3,title' }],
      ['FieldDisabledEvent', { fieldId: '3,title' }],
      ['FieldUpdatedEvent', { fieldId: '3,title', properties: { $type: 'StringField', maxLength: 5 } }],
      ['FieldHiddenEvent', { fieldId: '99,none' }],
    );
    expect(names(state)).toEqual([['title'], ['items', 'caption']]);
    expect(state.fields[0]).toMatchObject({ isLocked: true, isDisabled: true, isHidden: false, properties: { maxLength: 5, editor: 'Input' } });
    expect(state.fields[1]?.children?.[0]).toMatchObject({ isHidden: true });
    expect(state).toMatchObject({ version: 6, lastModified: '2024-01-01T00:00:05Z' });
  });

  it('survive payloads that say nothing', () => {
    const types = [...schemaProjection.reducers.values()].map(({ type }) => type);
    const state = replay(schemaProjection, schema, ...types.map((type): [string, object] => [type, {}]));
    expect(state.fields).toHaveLength(2);
    const contentTypes = [...contentProjection.reducers.values()].map(({ type }) => type);
    expect(replay(contentProjection, ...contentTypes.map((type): [string, object] => [type, {}]))).toMatchObject({ currentVersion: { data: '{}' } });
  });
});
