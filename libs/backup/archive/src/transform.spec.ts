import { describe, expect, it } from 'vitest';
import { decodeEventFile, encodeEventFile, mapStream, transformEvent, type DecodedEvent, type RestoreMapping } from './index.js';
import { eventFiles, fixture, readerOf } from './spec-fixtures.js';

interface Restored {
  StreamName: string;
  EventStreamNumber: number;
  type: string;
  headers: Record<string, unknown>;
  payload: Record<string, unknown>;
}

/** What Squidex's own restore of the archive stored, and the mapping that it must have used. */
async function squidexRestore(name: string) {
  const reader = await readerOf(fixture(`${name}.zip`));
  const files = await eventFiles(reader);
  const first = decodeEventFile(files[0]!, 'x');
  const stored = fixture(`${name}.restored.events.jsonl`)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Restored);
  const users = JSON.parse((await reader.readText('users.json'))!) as Record<string, string>;
  const restoredUsers = (JSON.parse(fixture(`${name}.restored.json`).toString()) as { users: { Id: string; Email: string }[] }).users;
  const mapping: RestoreMapping = {
    oldAppId: first.stream.slice(4),
    newAppId: stored[0]!.StreamName.slice(4),
    name: stored[0]!.payload['name'] as string,
    users: Object.fromEntries(Object.entries(users).map(([id, email]) => [id, restoredUsers.find((user) => user.Email === email)!.Id])),
  };
  return { files, stored, mapping };
}

/** The order that a log has: per stream. The last event of the app's stream is the assignment of whoever restored. */
function byStream<Event>(events: readonly Event[], stream: (event: Event) => string): Map<string, Event[]> {
  const streams = new Map<string, Event[]>();
  for (const event of events) streams.set(stream(event), [...(streams.get(stream(event)) ?? []), event]);
  return streams;
}

const without = (headers: Record<string, unknown>) => {
  const free = new Set(['CommitId', 'EventNumber', 'EventStreamNumber']);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !free.has(name)));
};

describe('a restore changes events', () => {
  it.each(['small', 'unicode'])("of %s.zip as Squidex's does, event by event", async (name) => {
    const { files, stored, mapping } = await squidexRestore(name);
    const versions = new Map<string, number>();
    const ours = files.map((file, i) => {
      const decoded = decodeEventFile(file, 'x');
      const stream = mapStream(decoded.stream, mapping);
      const version = versions.get(stream) ?? 0;
      versions.set(stream, version + 1);
      return transformEvent(decoded, { position: i + 1, version, mapping }).event;
    });
    const theirs = byStream(stored, (event) => event.StreamName);
    for (const [stream, events] of byStream(ours, (event) => event.stream)) {
      const expected = theirs
        .get(stream)!
        .map((event) => ({ type: event.type, payload: JSON.stringify(event.payload), headers: JSON.stringify(without(event.headers)) }));
      const found = events.map((event) => ({
        type: event.type,
        payload: JSON.stringify(JSON.parse(event.payload)),
        headers: JSON.stringify(without(JSON.parse(event.headers) as Record<string, unknown>)),
      }));
      expect(found.filter(({ type }) => type !== 'NoopEvent')).toEqual(expected.slice(0, found.length));
    }
  });

  it.each(['small', 'unicode', 'small-v1', 'missing-asset', 'old-types'])(
    'of %s.zip so that a new backup has the original files again, but for the place',
    async (name) => {
      const reader = await readerOf(fixture(`${name}.zip`));
      const files = await eventFiles(reader);
      const oldAppId = decodeEventFile(files[0]!, 'x').stream.slice(4);
      const app = JSON.parse(decodeEventFile(files[0]!, 'x').payload) as { name: string };
      const users = JSON.parse((await reader.readText('users.json'))!) as Record<string, string>;
      const mapping: RestoreMapping = {
        oldAppId,
        newAppId: 'ffffffff-1111-2222-3333-444444444444',
        name: app.name,
        users: Object.fromEntries(Object.keys(users).map((id) => [id, `mapped-${id}`])),
        urls: {
          oldAssets: 'https://cms.example.com/api/assets/',
          oldAssetsApp: `https://cms.example.com/api/assets/${app.name}/`,
          newAssets: 'http://127.0.0.1:8080/api/assets/',
          newAssetsApp: 'http://127.0.0.1:8080/api/assets/new-app/',
        },
      };
      const versions = new Map<string, number>();
      for (const [i, file] of files.entries()) {
        const decoded = decodeEventFile(file, 'x');
        const version = versions.get(decoded.stream) ?? 0;
        versions.set(decoded.stream, version + 1);
        const { event, warning } = transformEvent(decoded, { position: i + 1, version, mapping });
        expect(warning).toBeUndefined();
        expect(event.payload + event.stream + event.headers).not.toContain(oldAppId);
        const again = encodeEventFile(event)
          .replaceAll(mapping.newAppId, oldAppId)
          .replaceAll('mapped-', '')
          .replaceAll('http://127.0.0.1:8080/api/assets/new-app/', mapping.urls!.oldAssetsApp)
          .replaceAll('http://127.0.0.1:8080/api/assets/', mapping.urls!.oldAssets);
        const neutral = (text: string) => text.replace(/"EventNumber":"[^"]*"/, '"EventNumber":""').replace(',"Restored":true}', '}');
        const original = name === 'small-v1' ? encodeEventFile({ ...decoded, position: 1, version }) : file;
        // In a string with both kinds of URLs only those with the app are replaced.
        expect(neutral(again).replaceAll(mapping.urls!.newAssets, mapping.urls!.oldAssets)).toBe(neutral(original));
      }
    },
  );
});

describe('streams', () => {
  const mapping = { oldAppId: 'old', newAppId: 'new' };
  it.each([
    ['app-old', 'app-new'],
    ['app-old--old', 'app-new'],
    ['content-old--1', 'content-new--1'],
    ['content-old--x--y', 'content-new--x--y'],
    ['asset-old--1--deleted', 'asset-new--1--deleted'],
    ['rule-strange', 'rule-new--strange'],
    ['assetFolder-old--a-b', 'assetFolder-new--a-b'],
  ])('%s becomes %s', (from, to) => expect(mapStream(from, mapping)).toBe(to));

  it('may have nothing before the dash, or nothing between it and the two of an id', () => {
    expect(['-id', 'asset---id'].map((stream) => mapStream(stream, mapping))).toEqual(['-new--id', 'asset-new--id']);
  });

  it('without a dash are refused', () => expect(() => mapStream('nodash', mapping)).toThrow(/no dash/));
});

describe('in an event', () => {
  const mapping: RestoreMapping = {
    oldAppId: 'old',
    newAppId: 'new',
    name: 'fresh',
    users: { u1: 'v1' },
    urls: { oldAssets: 'https://o/a/', oldAssetsApp: 'https://o/a/app/', newAssets: 'http://n/a/', newAssetsApp: 'http://n/a/fresh/' },
  };
  const transformed = (event: Partial<DecodedEvent>) =>
    transformEvent({ type: 'X', stream: 'app-old', payload: '{}', headers: '{}', ...event }, { position: 5, version: 4, mapping });

  it('app, actor and, at its creation, the name are changed where they stand, and nothing else', () => {
    const payload = '{ "Name":"old-app", "n":12345678901234567890, "appId":"old,old-app", "actor":"subject:u1", "x":{"appId":"old,old-app"}}';
    expect(transformed({ type: 'appCREATEDevent', payload }).event.payload).toBe(
      '{ "Name":"fresh", "n":12345678901234567890, "appId":"new,fresh", "actor":"subject:v1", "x":{"appId":"old,old-app"}}',
    );
    expect(transformed({ payload: '{"name":"a","actor":"subject:u9"}' }).event.payload).toBe('{"name":"a","actor":"subject:u9"}');
    expect(transformed({ payload: '{"actor":"client:old-app:x"}' }).event.payload).toBe('{"actor":"client:old-app:x"}');
  });

  it('a contributor is mapped, or the event becomes one without effect, in its place', () => {
    expect(transformed({ type: 'AppContributorAssignedEventV2', payload: '{"contributorId":"u1","role":"Owner"}' }).event.payload).toBe(
      '{"contributorId":"v1","role":"Owner"}',
    );
    const { event, warning } = transformed({ type: 'AppContributorRemovedEvent', payload: '{"contributorId":"toString"}' });
    expect(event).toMatchObject({ type: 'NoopEvent', payload: '{}', position: 5, version: 4 });
    expect(warning).toContain('events/0/4.json');
  });

  it('users stay who they are where they are those of this installation', () => {
    const here = (type: string, payload: string) =>
      transformEvent({ type, stream: 'app-old', payload, headers: '{}' }, { position: 5, version: 4, mapping: { ...mapping, users: 'same' } }).event;
    const payload = '{"contributorId":"u7","actor":"subject:u7"}';
    expect(here('AppContributorAssignedEvent', payload)).toMatchObject({ type: 'AppContributorAssignedEvent', payload });
    expect(here('AppContributorAssignedEvent', '{"contributorId":7}').type).toBe('NoopEvent');
    expect(here('X', '{"actor":"subject:length"}').payload).toBe('{"actor":"subject:length"}');
  });

  it('nobody is mapped whose id is no text, or who is no user', () => {
    const users = { '7': 'v7', u1: 'v1' };
    const of = (type: string, payload: string) =>
      transformEvent({ type, stream: 'app-old', payload, headers: '{}' }, { position: 5, version: 4, mapping: { ...mapping, users } }).event;
    expect(of('AppContributorAssignedEvent', '{"contributorId":7}').type).toBe('NoopEvent');
    for (const payload of ['{"actor":7}', '{"actor":"client:-u1"}']) expect(of('X', payload).payload).toBe(payload);
  });

  it('what cannot be transformed is refused by the name of the entry', () => {
    expect(() => transformed({ payload: '[1]' })).toThrow(/events\/0\/4\.json/);
  });

  it('members of other events with the same names are left as they are', () => {
    const unchanged = (type: string, payload: string) => expect(transformed({ type, payload }).event).toMatchObject({ type, payload });
    unchanged('AppUpdatedEvent', '{"name":"old-app"}');
    unchanged('CommentCreatedEvent', '{"contributorId":"u1"}');
    unchanged('ContentUpdatedEvent', '{"data":"https://o/a/1"}');
    unchanged('AssetAnnotatedEvent', '{"data":{"f":"https://o/a/1"}}');
  });

  it('headers tell the new place; those of a permanent deletion go back to what they were with the next backup', () => {
    const headers = '{"EventId":"e","AggregateId":"old--1","CommitId":"c","EventNumber":"x-1","EventStreamNumber":9}';
    const { event } = transformed({ type: 'ContentDeletedEvent', stream: 'content-old--1--deleted', payload: '{"contentId":"1"}', headers });
    expect(event.headers).toBe('{"EventId":"e","AggregateId":"new--1--deleted","CommitId":"c","EventNumber":"5","EventStreamNumber":4,"Restored":true}');
    expect(encodeEventFile(event)).toContain('"AggregateId":"new--1"');
    const unlucky = transformed({ type: 'ContentDeletedEvent', stream: 'content-old--x--deleted', payload: '{"contentId":"x--deleted"}', headers });
    expect(encodeEventFile(unlucky.event)).toContain('"AggregateId":"new--x--deleted"');
  });

  it('asset URLs in the strings of a content are replaced as Squidex does it', () => {
    const data = (text: string) => `{"data":{"f":{"iv":${text}}}}`;
    const after = (text: string) => transformed({ type: 'ContentUpdatedEvent', payload: data(text) }).event.payload;
    expect(after('"x https://o/a/app/1 https://o/a/app/2"')).toBe(data('"x http://n/a/fresh/1 http://n/a/fresh/2"'));
    expect(after('"https://o/a/1"')).toBe(data('"http://n/a/1"'));
    expect(after('"https://o/a/app/1 https://o/a/2"')).toBe(data('"http://n/a/fresh/1 https://o/a/2"'));
    expect(after('"https:\\/\\/o\\/a\\/1 \\u00fc"')).toBe(data('"http://n/a/1 \\u00FC"'));
    expect(after('["https://o/a/1",{"https://o/a/k":"https://o/a/1"},["https://o/a/1",{"x":"https://o/a/1"}]]')).toBe(
      data('["http://n/a/1",{"https://o/a/k":"http://n/a/1"},["https://o/a/1",{"x":"https://o/a/1"}]]'),
    );
    expect(transformed({ type: 'ContentDraftCreatedEvent', payload: '{"migratedData":{"f":{"iv":"https://o/a/1"}}}' }).event.payload).toContain(
      'https://o/a/1',
    );
  });
});
