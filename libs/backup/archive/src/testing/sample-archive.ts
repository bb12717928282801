import { planArchive } from '../assemble.js';
import { AssetFragmentWriter } from '../asset-fragment.js';
import { eventFragment } from '../event-fragment.js';
import type { ArchivedEvent } from '../event-types.js';
import type { FragmentIndex } from '../fragment-index.js';
import { ATTACHMENTS } from '../layout.js';
import { collect, inPages } from '../spec-fixtures.js';
import type { ArchivePool } from '../pool.js';
import type { Zip64Limits } from '../zip-format.js';

const APP = '420371f9-ea23-46de-9ce3-00aeeec060a2';
const MODIFIED = new Date('2026-11-24T10:20:30Z');

const asset = (assetId: string, fileVersion: number, fileSize: number) =>
  ({
    stream: `asset-${APP}--${assetId}`,
    type: fileVersion === 0 ? 'AssetCreatedEventV2' : 'AssetUpdatedEventV2',
    payload: { assetId, fileVersion, fileSize },
  }) as const;
const app = (type: string, payload: object) => ({ stream: `app-${APP}`, type, payload });
const content = (type: string, text: string) => ({ stream: `content-${APP}--c1`, type, payload: { data: { text: { iv: text } }, schemaId: 's1,pages' } });

const EVENTS: { stream: string; type: string; payload: object }[] = [
  app('AppCreatedEvent', { name: 'sample' }),
  asset('a1', 0, 40),
  asset('empty', 0, 0),
  asset('lost', 0, 9),
  asset('a1', 1, 60),
  asset('ünïcode', 0, 12),
  content('ContentCreatedEventV2', 'ü "quoted" \u2028'),
  content('ContentUpdatedEvent', 'the last word'),
  content('SomethingUnknownEvent', 'kept as it is'),
];

function events(): ArchivedEvent[] {
  const versions = new Map<string, number>();
  return EVENTS.map(({ stream, type, payload }, i) => {
    const version = versions.get(stream) ?? 0;
    versions.set(stream, version + 1);
    const common = { appId: `${APP},sample`, actor: 'subject:u1', fromRule: false };
    const headers = { EventId: `e${i}`, Timestamp: `2025-03-01T08:00:${10 + i}Z`, AggregateId: stream.slice(stream.indexOf('-') + 1), CommitId: `c${i}` };
    return { position: i + 1, stream, version, type, payload: JSON.stringify({ ...payload, ...common }), headers: JSON.stringify(headers) };
  });
}

/** A small archive of ours that has everything: files stored, empty, lost and replaced, names beyond ASCII, all attachments, the manifest. */
export async function sampleArchive(pool: ArchivePool, limits?: Zip64Limits): Promise<Buffer> {
  const log = events();
  const indexes = new Map<string, FragmentIndex>();
  const objects = new Map<string, Buffer>();
  const writer = new AssetFragmentWriter({ modified: MODIFIED, ...(limits ? { limits } : {}) });
  const files = log.flatMap(({ position, payload }) => {
    const { assetId, fileVersion, fileSize } = JSON.parse(payload) as { assetId?: string; fileVersion: number; fileSize: number };
    if (assetId === undefined) return [];
    const file = { position, name: `${assetId}_${fileVersion}.asset` };
    return assetId === 'lost' ? writer.addMissingAsset(file) : writer.addAsset({ ...file, content: Buffer.alloc(fileSize, assetId) });
  });
  objects.set('assets', Buffer.concat(files));
  indexes.set('assets', writer.index());
  const fragment = eventFragment(inPages(log), { pool, modified: MODIFIED });
  objects.set('events', Buffer.concat(await collect(fragment.bytes)));
  indexes.set('events', fragment.index());
  const plan = await planArchive({
    parts: [
      { name: ATTACHMENTS.version, content: '{"major":5}' },
      { name: ATTACHMENTS.urls, content: '{"assets":"https://here/api/assets/","assetsApp":"https://here/api/assets/sample/"}' },
      { fragment: 'assets' },
      { fragment: 'events' },
      { name: ATTACHMENTS.avatar, content: 'an image' },
      { name: ATTACHMENTS.settings, content: '{"theme":"dark"}' },
      { name: ATTACHMENTS.tags, content: '{"t1":{"name":"photo","count":1}}' },
      { name: ATTACHMENTS.tagAliases, content: '{"t0":"t1"}' },
      { manifest: true },
      { name: ATTACHMENTS.users, content: '{"u1":"owner@example.com"}' },
    ],
    modified: MODIFIED,
    app: { id: APP, name: 'sample' },
    cut: { position: log.length, timestamp: MODIFIED.toISOString() },
    tool: 'reprise 0.1.0',
    loadIndex: (key) => Promise.resolve(indexes.get(key)!),
    ...(limits ? { limits } : {}),
  });
  const pieces = plan.pieces.map((piece) => ('bytes' in piece ? piece.bytes : objects.get(piece.key)!.subarray(piece.start, piece.start + piece.length)));
  return Buffer.concat([...pieces, ...(await collect(plan.directory()))]);
}
