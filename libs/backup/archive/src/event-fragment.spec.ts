import { afterAll, describe, expect, it, vi } from 'vitest';
import { sha256 } from './digests.js';
import { encodeEventFile } from './event-file.js';
import { eventFragment } from './event-fragment.js';
import type { ArchivedEvent } from './event-types.js';
import { ArchivePool } from './pool.js';
import { collect, inPages, MODIFIED, sampleLog } from './spec-fixtures.js';
import { dosTime } from './zip-format.js';

const pool = new ArchivePool({ threads: 1 });
afterAll(() => pool.destroy());

/** The fragment's index and length, and of each run that went to the pool whether it was taken for a whole folder. */
async function made(events: readonly ArchivedEvent[], pageSize: number) {
  const run = vi.spyOn(pool, 'run');
  const { bytes, index } = eventFragment(inPages(events, pageSize), { pool, modified: MODIFIED });
  let length = 0;
  for await (const chunk of bytes) length += chunk.length;
  const runs = run.mock.calls.map(([, input]) => (input as { whole: boolean }).whole);
  run.mockRestore();
  return { index: index(), length, runs };
}

function folder(number: number, events: readonly ArchivedEvent[]) {
  const files = events.map(encodeEventFile).join('');
  return { name: `events/${number}`, sha256: sha256(files), size: files.length, count: events.length };
}

describe('the fragment of a segment', () => {
  it('has the time of the backup in the header of each entry', async () => {
    const bytes = Buffer.concat(await collect(eventFragment(inPages(sampleLog(1)), { pool, modified: MODIFIED }).bytes));
    expect(bytes.readUInt32LE(10)).toBe(dosTime(MODIFIED));
  });

  it('holds a digest of each folder, and counts types and users', async () => {
    const events = sampleLog(2_003);
    const { index, length, runs } = await made(events, 1_000);
    expect(index).toMatchObject({
      events: 2_003,
      assets: 0,
      assetDigests: [],
      warnings: [],
      bytes: length,
      length,
      types: { AppCreatedEvent: 1, AppUpdatedEvent: 2_002 },
      users: ['u1'],
      folders: [folder(0, events.slice(0, 1_000)), folder(1, events.slice(1_000, 2_000)), folder(2, events.slice(2_000))],
    });
    expect(runs).toEqual([true, true, true]);
  });

  it('has the same digest of a folder whose events are too large to come at once', async () => {
    const events = sampleLog(1_002);
    const { index, runs } = await made(events, 400);
    expect(index.folders).toEqual([folder(0, events.slice(0, 1_000)), folder(1, events.slice(1_000))]);
    expect(runs).toEqual([false, false, false, true]);
  });
});
