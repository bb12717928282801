import { randomUUID } from 'node:crypto';
import { type ArchivedEvent, ArchivePool, eventFragment, type FragmentIndex, planArchive } from '@reprise/backup-archive';
import { inPages } from '@reprise/backup-archive/testing';

const MODIFIED = new Date('2026-11-24T10:20:30Z');

export interface MadeArchive {
  bytes: Buffer;
  /** Of each event, in order. */
  payloads: string[];
}

/** An archive of ours with `count` events: an app named `made`, a schema `notes`, and contents `content-0` and so on with five events each. */
export async function manyEvents(count: number): Promise<MadeArchive> {
  const events = Array.from(eventsOf(randomUUID(), count));
  const pool = new ArchivePool();
  try {
    const fragment = eventFragment(inPages(events), { pool, modified: MODIFIED });
    const chunks: Uint8Array[] = [];
    for await (const chunk of fragment.bytes) chunks.push(chunk);
    return { bytes: await assembled(Buffer.concat(chunks), fragment.index(), count), payloads: events.map(({ payload }) => payload) };
  } finally {
    await pool.destroy();
  }
}

async function assembled(fragment: Buffer, index: FragmentIndex, count: number): Promise<Buffer> {
  const plan = await planArchive({
    parts: [
      { name: 'version.json', content: '{"major":5}' },
      { fragment: 'events' },
      { name: 'settings.json', content: '{}' },
      { name: 'assettags.json', content: '{}' },
      { manifest: true },
      { name: 'users.json', content: '{}' },
    ],
    modified: MODIFIED,
    app: { id: 'made', name: 'made' },
    cut: { position: count, timestamp: MODIFIED.toISOString() },
    tool: 'made',
    loadIndex: async () => index,
  });
  const chunks = plan.pieces.map((piece) => ('bytes' in piece ? piece.bytes : fragment.subarray(piece.start, piece.start + piece.length)));
  for await (const chunk of plan.directory()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function* eventsOf(appId: string, count: number): Generator<ArchivedEvent> {
  const all = { appId: `${appId},made`, actor: 'client:root', fromRule: false };
  const schema = randomUUID();
  const event = (position: number, version: number, type: string, aggregate: string, payload: object): ArchivedEvent => ({
    position,
    version,
    type,
    stream: `${aggregate === appId ? 'app' : type.startsWith('Schema') ? 'schema' : 'content'}-${aggregate}`,
    payload: JSON.stringify({ ...payload, ...all }),
    headers: JSON.stringify({ EventId: randomUUID(), Timestamp: '2025-03-01T08:00:02Z', AggregateId: aggregate, CommitId: randomUUID() }),
  });
  yield event(1, 0, 'AppCreatedEvent', appId, { name: 'made' });
  const fields = [{ id: 1, name: 'text', partitioning: 'invariant', properties: { $type: 'StringField' } }];
  const schemaId = `${schema},notes`;
  yield event(2, 0, 'SchemaCreatedEventV2', `${appId}--${schema}`, { schema: { type: 'Default', name: 'notes', isPublished: true, fields }, schemaId });
  for (let position = 3; position <= count; position++) {
    const version = (position - 3) % 5;
    const contentId = `content-${Math.floor((position - 3) / 5)}`;
    const own = { data: { text: { iv: `Text ${position}, ${'lorem ipsum '.repeat(position % 20)}` } }, contentId, schemaId };
    const [type, more] = version === 0 ? ['ContentCreatedEventV2', { status: 'Draft' }] : ['ContentUpdatedEvent', { newVersion: false }];
    yield event(position, version, type, `${appId}--${contentId}`, { ...(more as object), ...own });
  }
}
