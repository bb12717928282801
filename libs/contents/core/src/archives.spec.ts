import type { ContentState, EntityState, RuleState, SchemaState } from '@reprise/contracts';
import { rawMember } from '@reprise/json-text';
import { describe, expect, it } from 'vitest';
import { contentProjection } from './content/content.projection.js';
import { editedVersion } from './content/status.js';
import { idOfNamed } from './named-id.js';
import { ruleProjection } from './rule/rule.projection.js';
import { FIELD_TYPES } from './schema/field-types.js';
import { schemaProjection } from './schema/schema.projection.js';
import { archivedEvents, fold, readFixture } from './spec/archived-events.js';

interface Truth {
  final: { schemasAlive: number; contentsAlive: number; contentsSoftDeleted: number; rulesAlive: number };
}
interface Restored {
  state: { schemas: number; contents: number; contentsDeleted: number; contentsPublished: number; rules: number };
}
type State<T> = Record<string, T>;

const alive = <T extends EntityState>(states: Map<string, T>) => [...states.values()].filter((state) => !state.isDeleted);

async function build(archive: string) {
  const events = await archivedEvents(archive);
  return { events, schemas: fold(schemaProjection, events), contents: fold(contentProjection, events), rules: fold(ruleProjection, events) };
}

/** Squidex's restore gave the app and its users other ids. */
const foreign = { appId: '', createdBy: '', lastModifiedBy: '' };
const comparable = <T extends EntityState>(states: T[]) => Object.fromEntries(states.map((state) => [state.id, { ...state, ...foreign }]));

describe('what genuine archives lead to', () => {
  it.each(['small', 'small-v1', 'unicode', 'missing-asset'])('has the objects that are alive at the end of %s', async (archive) => {
    const { schemas, contents, rules } = await build(archive);
    const { final } = await readFixture<Truth>(`archives/${archive}.truth.json`);
    expect({
      schemasAlive: alive(schemas).length,
      contentsAlive: alive(contents).length,
      contentsSoftDeleted: contents.size - alive(contents).length,
      rulesAlive: alive(rules).length,
    }).toEqual({
      schemasAlive: final.schemasAlive,
      contentsAlive: final.contentsAlive,
      contentsSoftDeleted: final.contentsSoftDeleted,
      rulesAlive: final.rulesAlive,
    });
  });

  it.each(['small', 'unicode'])("has the counts of Squidex's own restore of %s", async (archive) => {
    const { schemas, contents, rules } = await build(archive);
    const { state } = await readFixture<Restored>(`archives/${archive}.restored.json`);
    expect(alive(schemas)).toHaveLength(state.schemas);
    expect(alive(contents)).toHaveLength(state.contents);
    expect(alive(contents).filter((content) => contentProjection.row(content).published)).toHaveLength(state.contentsPublished);
    expect(contents.size - alive(contents).length).toBe(state.contentsDeleted);
    expect(alive(rules)).toHaveLength(state.rules);
  });

  it("is Squidex's own state, object by object, old event types included", async () => {
    const built = await build('old-types');
    const theirs = await readFixture<{ schemas: State<SchemaState>; contents: State<ContentState>; rules: State<RuleState> }>(
      'archives/old-types.restored.state.json',
    );
    // Ours counts every event of a stream; Squidex leaves out those that it doesn't apply: two webhooks, a no-op.
    theirs.schemas['4108c939-27a1-46db-9fa7-f17bcb78b93e']!.version += 2;
    theirs.contents['63598bf6-9b24-4bb1-85a4-d42a09480da1']!.version += 1;

    expect(comparable(alive(built.schemas))).toEqual(comparable(Object.values(theirs.schemas)));
    expect(comparable(alive(built.rules))).toEqual(comparable(Object.values(theirs.rules)));

    const asObjects = ({ currentVersion, newVersion, scheduleJob, ...state }: ContentState) => ({
      ...state,
      currentVersion: { ...currentVersion, data: asObject(currentVersion.data) },
      newVersion: newVersion && { ...newVersion, data: asObject(newVersion.data) },
      scheduleJob: scheduleJob && { ...scheduleJob, id: '', scheduledBy: '' },
    });
    const asObject = (data: unknown): unknown => (typeof data === 'string' ? JSON.parse(data) : data);
    expect(comparable([...built.contents.values()].map(asObjects))).toEqual(comparable(Object.values(theirs.contents).map(asObjects)));
  });

  it.each(['small', 'unicode', 'small-v1'])('shows each content of %s with the very text of its last event', async (archive) => {
    const { events, contents } = await build(archive);
    for (const content of contents.values()) {
      const stream = events.filter((event) => event.stream.endsWith(content.id));
      const last = stream.findLast((event) => ['ContentCreatedEventV2', 'ContentUpdatedEvent'].includes(event.type))!;
      expect(editedVersion(content).data).toBe(rawMember(last.payload, 'data'));
      expect(content.version).toBe(stream.length - 1);
    }
  });

  it("gives a field the properties that Squidex's have, in its order", async () => {
    const { fieldProperties } = await readFixture<{ fieldProperties: { types: Record<string, Record<string, { note?: string }>> } }>('events.json');
    const written = Object.entries(fieldProperties.types).map(([type, own]) => [
      type,
      Object.keys(own).filter((name) => !['mustBeImage', 'resolveImage'].includes(name)),
    ]);
    const ours = Object.entries(FIELD_TYPES).map(([type, own]) => [type, Object.keys(own)]);
    const sorted = (types: (string | string[])[][]) => types.map(([type, names]) => [type, (names as string[]).toSorted()]);
    expect(sorted(ours)).toEqual(sorted(written));

    const { events } = await build('small');
    for (const event of events.filter(({ type }) => type === 'SchemaCreatedEventV2')) {
      const schema = rawMember(event.payload, 'schema')!;
      const state = fold(schemaProjection, [event]).values().next().value!;
      expect(JSON.stringify(state.fields)).toBe(JSON.stringify(JSON.parse(rawMember(schema, 'fields')!)));
    }
  });

  it('lists contents under their schema, the last changed first', async () => {
    const { contents, schemas } = await build('small');
    const rows = [...contents.values()].map((content) => ({ ...contentProjection.row(content), lastModified: content.lastModified }));
    expect(rows.every(({ parent }) => schemas.has(parent!))).toBe(true);
    const byOrder = rows.toSorted((a, b) => (a.order < b.order ? 1 : -1)).map(({ lastModified }) => lastModified);
    expect(byOrder).toEqual(byOrder.toSorted().reverse());
    expect([...contents.values()].map(({ schemaId }) => idOfNamed(schemaId)).every((id) => /^[0-9a-f-]{36}$/.test(id))).toBe(true);
  });
});
