import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { appProjection, appUpcasters } from '@reprise/app-registry-core';
import { assetFolderProjection, assetProjection, assetUpcasters } from '@reprise/assets-core';
import { decodeEventFile, eventPath, mapStream, transformEvent } from '@reprise/backup-archive';
import { contentProjection, contentsUpcasters, ruleProjection, schemaProjection } from '@reprise/contents-core';
import type { EntityState } from '@reprise/contracts';
import { kindOfStream, recordEvent, upcastersByType, type StoredEvent } from '@reprise/event-store-core';
import { applyEvent, type Projection } from '@reprise/read-models-core';
import { describe, expect, it } from 'vitest';
import { fixture, truthOf } from './support/fixtures.js';
import { eventTexts, readZip } from '@reprise/backup-testing';

interface Stored {
  StreamName: string;
  type: string;
  headers: object;
  payload: object;
}
interface PerEvent {
  perEvent: { n: number; type: string; storedType: string }[];
}

const upcasters = upcastersByType([...appUpcasters, ...assetUpcasters, ...contentsUpcasters]);
const projections = new Map(
  ([appProjection, assetProjection, assetFolderProjection, schemaProjection, contentProjection, ruleProjection] as Projection<EntityState>[]).map(
    (projection) => [projection.kind, projection],
  ),
);

/** The state of its object after each event; undefined where there is none. */
function statesAfter(events: readonly StoredEvent[]): (EntityState | undefined)[] {
  const states = new Map<string, EntityState>();
  return events.map((event) => {
    const projection = projections.get(kindOfStream(event.stream));
    const state = projection && applyEvent(projection, states.get(event.stream), recordEvent(event, upcasters));
    if (state) states.set(event.stream, state);
    return state;
  });
}

/** Numbered as a log does it. */
function numbered(events: readonly Omit<StoredEvent, 'position' | 'version'>[]): StoredEvent[] {
  const versions = new Map<string, number>();
  return events.map((event, i) => {
    const version = (versions.get(event.stream) ?? -1) + 1;
    versions.set(event.stream, version);
    return { ...event, position: i + 1, version };
  });
}

describe('An archive of old event types', () => {
  async function both(): Promise<{ ours: StoredEvent[]; theirs: StoredEvent[] }> {
    const { state, users } = JSON.parse(readFileSync(fixture('old-types.restored.json'), 'utf8')) as {
      state: { app: { id: string } };
      users: { Id: string; Email: string }[];
    };
    const idOf = new Map(users.map(({ Email, Id }) => [Email.toLowerCase(), Id]));
    // Squidex's restore gave the app and its users ids of its own.
    const mapped = truthOf('old-types').users.map(({ id, email }) => [id, idOf.get(email.toLowerCase())!] as const);
    const mapping = { oldAppId: truthOf('old-types').appId, newAppId: state.app.id, name: truthOf('old-types').appName, users: Object.fromEntries(mapped) };
    const files = eventTexts(await readZip(await readFile(fixture('old-types.zip')))).map((text, number) => decodeEventFile(text, eventPath(number)));
    const streams = numbered(files.map((file) => ({ ...file, stream: mapStream(file.stream, mapping) })));
    const ours = files.map((file, i) => transformEvent(file, { ...streams[i]!, mapping }).event);
    const lines = readFileSync(fixture('old-types.restored.events.jsonl'), 'utf8').trim().split('\n');
    const theirs = lines.map((line) => {
      const { StreamName, type, headers, payload } = JSON.parse(line) as Stored;
      return { stream: StreamName, type, headers: JSON.stringify(headers), payload: JSON.stringify(payload) };
    });
    return { ours, theirs: numbered(theirs.slice(0, ours.length)) };
  }

  it('becomes, type by type, what Squidex makes of it', async () => {
    const { ours, theirs } = await both();
    const truth = (JSON.parse(readFileSync(fixture('old-types.truth.json'), 'utf8')) as PerEvent).perEvent;
    expect(truth.map(({ n, storedType }) => [n, storedType])).toEqual(theirs.map(({ type }, n) => [n, type]));
    expect(truth.map(({ n, type }) => [n, type])).toEqual(ours.map(({ type }, n) => [n, type]));
  });

  it('gives, event by event, the states that Squidex’s own events give, and versions that count every event', async () => {
    const { ours, theirs } = await both();
    const [states, expected] = [statesAfter(ours), statesAfter(theirs)];
    const different = states.flatMap((state, i) => {
      const [left, right] = [JSON.stringify(comparable(state)), JSON.stringify(comparable(expected[i]))];
      return left === right ? [] : [{ event: eventPath(i), type: ours[i]!.type, left, right }];
    });
    expect(different).toEqual([]);
    for (const [i, state] of states.entries()) if (state) expect([eventPath(i), state.version]).toEqual([eventPath(i), ours[i]!.version]);
    expect(states.filter(Boolean).length).toBeGreaterThan(100);
  });
});

/** Data as values, and without what each restore makes up: the ids of schedules, of tags. */
function comparable(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (name, member: unknown) => {
      if (name === 'data' && typeof member === 'string') return JSON.parse(member) as unknown;
      return name === 'etag' ? '' : member;
    }),
  );
}
