import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerProcess } from '@reprise/server-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failedRestore } from './support/failed-restore.js';
import { fixture } from './support/fixtures.js';
import { backUp, restore, startStandalone } from './support/standalone.js';
import { writeZip } from './support/write-zip.js';
import { readZip, type ZipEntry } from '@reprise/backup-testing';

describe('An archive of ours', () => {
  let server: ServerProcess;
  let folder: string;
  let small: ZipEntry[];
  let ours: Buffer;
  let own: ZipEntry[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-e2e-'));
    small = await readZip(await readFile(fixture('small.zip')));
    server = await startStandalone();
    await restore(server.client, fixture('small.zip'), 'original');
    ours = (await backUp(server, 'original')).archive;
    own = await readZip(ours);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  /** One byte, `behind` the local header's beginning of the entry's name. */
  function flipped(path: string, behind: number): Buffer {
    const damaged = Buffer.from(ours);
    damaged[ours.indexOf(path) + Buffer.byteLength(path) + behind - 30]! ^= 0xff;
    return damaged;
  }

  function swap(entry: ZipEntry, a: string, b: string): ZipEntry {
    const other = entry.name === a ? b : entry.name === b ? a : undefined;
    return other ? { ...entry, bytes: own.find(({ name: path }) => path === other)!.bytes } : entry;
  }

  describe('is refused, and its name is free again, because it', () => {
    it.each<[string, () => Buffer | Promise<Buffer>, RegExp]>([
      ['has a flipped byte in an event', () => flipped('events/0/20.json', 40), /events\/0\/20\.json/],
      ['has a flipped byte in a file', () => flipped(own.find(({ name: path, bytes }) => path.endsWith('.asset') && bytes.length > 100)!.name, 90), /\.asset/],
      ['has a flipped byte in its manifest', () => flipped(own.find(({ name: path }) => path.endsWith('/manifest.json'))!.name, 60), /manifest\.json/],
      ['lost its last event', () => writeZip(own.filter(({ name: path }) => path !== 'events/0/72.json')), /events\/0\/72\.json/],
      ['has two events swapped', () => writeZip(own.map((entry) => swap(entry, 'events/0/40.json', 'events/0/41.json'))), /events\/0\/40\.json/],
      ['is cut off in its middle', () => ours.subarray(0, ours.length / 2), /cut off/],
    ])('%s', async (what, make, reason) => {
      expect((await failedRestore(server.client, await make(), what.replaceAll(' ', '-'))).error!.message).toMatch(reason);
    });

    it('has another file than its manifest says, which shows when it is copied', async () => {
      const file = own.find(({ name: path, bytes }) => path.endsWith('.asset') && bytes.length > 100)!;
      const other = await writeZip(own.map((entry) => (entry === file ? { ...entry, bytes: Buffer.alloc(file.bytes.length, 'x') } : entry)));
      expect((await failedRestore(server.client, other, 'has-another-file')).error!.message).toContain(file.name.split('/').at(-1));
    });
  });

  it('is restored without its manifest, with a warning in log and report', async () => {
    const file = join(folder, 'bare.zip');
    await writeFile(file, await writeZip(own.filter(({ name }) => !name.includes('/manifest'))));
    const job = await restore(server.client, file, 'without-manifest');
    const warning = "no manifest: completeness can't be proved";
    expect([JSON.stringify(job.log), JSON.stringify(job.report)]).toEqual([expect.stringContaining(warning), expect.stringContaining(warning)]);
  });

  it('is restored with an event of a type that nobody knows, which is kept, counted and named', async () => {
    const known = small.find((entry) => entry.name === 'events/0/72.json')!;
    const strange = known.bytes.toString().replace(/"t":"[^"]*"/, '"t":"SomethingStrangeEvent"');
    const file = join(folder, 'strange.zip');
    await writeFile(file, await writeZip([...small, { name: 'events/0/73.json', bytes: Buffer.from(strange) }]));
    const job = await restore(server.client, file, 'strange');
    expect(job.report).toMatchObject({ events: 74, unknownTypes: { SomethingStrangeEvent: 1 } });
    expect(JSON.stringify(job.log)).toContain('1 events of the unknown type SomethingStrangeEvent');
    const { archive } = await backUp(server, 'strange');
    expect((await readZip(archive)).find((entry) => entry.name === 'events/0/73.json')!.bytes.toString()).toContain('"t":"SomethingStrangeEvent"');
  });
});
