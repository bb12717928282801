import { readFile } from 'node:fs/promises';
import type { AssetFolderState, AssetState, EntityState } from '@reprise/contracts';
import { kindOfStream, recordEvent, upcastersByType, type StoredEvent } from '@reprise/event-store-core';
import { applyEvent, type Projection } from '@reprise/read-models-core';
import unzipper from 'unzipper';
import { beforeEach, describe, expect, it } from 'vitest';
import { assetObjectKeyOf } from '../asset-object-key.js';
import { assetFolderProjection } from '../folder/asset-folder.projection.js';
import { assetProjection } from './asset.projection.js';
import { assetUpcasters } from './upcasters/index.js';

const archives = new URL('../../../../../fixtures/archives/', import.meta.url);
const upcasters = upcastersByType(assetUpcasters);

interface EventFile {
  n: { t: string; s: string; p: string; h: object } | null;
  streamName: string;
  data: { type: string; payload: object; metadata: object };
}

interface Truth {
  final: { assetsAlive: number; assetsDeleted: number; assetFoldersAlive: number };
  files: { assetId: string | null; fileVersion: number; size: number; sha256: string }[];
}

async function json<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(new URL(file, archives), 'utf8')) as T;
}

/** All events of an archive, as the log of a restored app holds them. */
async function restoredEvents(archive: string): Promise<StoredEvent[]> {
  const zip = await unzipper.Open.file(new URL(`${archive}.zip`, archives).pathname);
  const files = zip.files.filter((file) => file.path.startsWith('events/'));
  const versions = new Map<string, number>();
  const events: StoredEvent[] = [];
  for (const file of files.sort((a, b) => Number(a.path.match(/(\d+)\.json/)![1]) - Number(b.path.match(/(\d+)\.json/)![1]))) {
    const { n, streamName, data } = JSON.parse((await file.buffer()).toString('utf8')) as EventFile;
    const stream = n?.s ?? streamName;
    const version = (versions.get(stream) ?? -1) + 1;
    versions.set(stream, version);
    events.push({
      position: events.length + 1,
      stream,
      version,
      type: n?.t ?? data.type,
      payload: n?.p ?? JSON.stringify(data.payload),
      headers: JSON.stringify({ ...(n?.h ?? data.metadata), Restored: true }),
    });
  }
  return events;
}

function fold<State extends EntityState>(projection: Projection<State>, events: readonly StoredEvent[]): Map<string, State> {
  const states = new Map<string, State>();
  for (const event of events) {
    if (kindOfStream(event.stream) !== projection.kind) continue;
    const state = applyEvent(projection, states.get(event.stream), recordEvent(event, upcasters));
    if (state) states.set(event.stream, state);
  }
  return new Map([...states.values()].map((state) => [state.id, state]));
}

describe('assets built from genuine archives', () => {
  it('are what Squidex rebuilt, old event types included', async () => {
    const events = await restoredEvents('old-types');
    const truth = await json<{ assets: Record<string, AssetState>; assetFolders: Record<string, AssetFolderState> }>('old-types.restored.state.json');
    // Squidex's restore gave the app and its users other ids; where our files lie is our own affair.
    const theirs = { appId: '', createdBy: '', lastModifiedBy: '' };
    const comparable = <State extends EntityState>(states: Iterable<[string, State]>) =>
      Object.fromEntries([...states].map(([id, state]) => [id, { ...state, ...theirs }]));
    const assets = fold(assetProjection, events);
    expect(comparable([...assets].map(([id, { objectKey: _, ...asset }]): [string, EntityState] => [id, asset]))).toEqual(
      comparable(Object.entries(truth.assets)),
    );
    expect(comparable(fold(assetFolderProjection, events))).toEqual(comparable(Object.entries(truth.assetFolders)));
  });

  it.each(['small', 'small-v1', 'unicode', 'missing-asset'])('are as many as they were in %s, with their last files', async (archive) => {
    const events = await restoredEvents(archive);
    const { final, files } = await json<Truth>(`${archive}.truth.json`);
    const assets = [...fold(assetProjection, events).values()];
    const folders = [...fold(assetFolderProjection, events).values()];
    expect(assets.filter((asset) => !asset.isDeleted)).toHaveLength(final.assetsAlive);
    expect(assets.filter((asset) => asset.isDeleted)).toHaveLength(final.assetsDeleted);
    expect(folders.filter((folder) => !folder.isDeleted)).toHaveLength(final.assetFoldersAlive);

    for (const asset of assets) {
      const file = files.find((candidate) => candidate.assetId === asset.id && candidate.fileVersion === asset.fileVersion);
      // One asset of missing-asset had lost its files before the backup.
      if (file) expect({ size: asset.fileSize, sha256: asset.fileHash }).toEqual({ size: file.size, sha256: file.sha256 });
    }
  });
});

describe('an asset', () => {
  let version = 0;
  beforeEach(() => {
    version = 0;
  });
  const event = (type: string, payload: object, headers: object = {}): StoredEvent => ({
    position: version + 10,
    stream: 'asset-app--id',
    version: version++,
    type,
    payload: JSON.stringify({ assetId: 'id', ...payload, actor: 'client:x' }),
    headers: JSON.stringify({ EventId: `event-${version}`, Timestamp: `2025-01-01T00:00:0${version}Z`, ...headers }),
  });
  const stateAfter = (...events: StoredEvent[]) => {
    version = 0;
    return fold(assetProjection, events).get('id')!;
  };
  const created = (payload: object = {}) => event('assetcreatedeventV2', { FileName: 'a.png', fileHash: 'h1', fileSize: 10, tags: ['x', 'y'], ...payload });

  it('keeps its file where its event says: by id for one of ours, by position for a restored one', () => {
    expect(stateAfter(created()).objectKey).toBe('app/event-1');
    expect(stateAfter(event('AssetCreatedEventV2', {}, { Restored: true })).objectKey).toBe('app/@10');
    expect(stateAfter(event('AssetCreatedEventV2', {}, { EventId: undefined })).objectKey).toBe('app/@10');
    expect(assetObjectKeyOf('app', created())).toBe('app/event-1');
    expect(assetObjectKeyOf('app', event('AssetUpdated', {}, { Restored: true }))).toBe('app/@11');
  });

  it('is not changed by the same file, the same annotation, the same folder', () => {
    const before = stateAfter(created({ parentId: 'p' }));
    const after = stateAfter(
      created({ parentId: 'p' }),
      event('AssetUpdatedEventV2', { fileHash: 'h1', fileSize: 99, fileVersion: 1 }),
      event('AssetAnnotatedEvent', { fileName: 'a.png', slug: null, tags: ['y', 'x'] }),
      event('AssetMovedEvent', { parentId: 'p' }),
    );
    expect(after).toEqual({ ...before, version: 3 });
  });

  it('adds the sizes of all its files', () => {
    const asset = stateAfter(
      created(),
      event('AssetUpdatedEventV2', { fileHash: 'h2', fileSize: '5', fileVersion: 1 }),
      event('AssetMovedEvent', { parentId: 'q' }),
    );
    expect(asset).toMatchObject({ fileSize: 5, totalSize: 15, fileVersion: 1, metadata: {}, type: 'Unknown', parentId: 'q', objectKey: 'app/event-2' });
  });

  it('that was deleted can be created again', () => {
    const asset = stateAfter(
      created(),
      event('AssetAnnotatedEvent', { isProtected: true }),
      event('AssetDeletedEvent', {}),
      created({ fileHash: 'h9', tags: null }),
    );
    expect(asset).toMatchObject({
      isDeleted: false,
      isProtected: false,
      totalSize: 10,
      tags: [],
      version: 3,
      created: '2025-01-01T00:00:04Z',
      objectKey: 'app/event-4',
    });
  });

  it('is none when only the end of a permanently deleted one is left', () => {
    expect(fold(assetProjection, [{ ...event('AssetDeletedEvent', {}), stream: 'asset-app--id--deleted' }]).size).toBe(0);
  });
});
