import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { entryOf, readRuns, type EventRun } from './event-runs.js';
import { inflateEntry } from './inflate.js';
import { inflateRun } from './inflate-run.js';
import { eventPath } from './layout.js';
import { fixture, readerOf } from './spec-fixtures.js';
import { hostileZip, type HostileEntry } from './testing/index.js';

const files = ['{"one":1}', '{"two":2}', '{"three":3}'];
const honest: HostileEntry[] = files.map((content, i) => ({ name: eventPath(i), content }));
const trailer = (content: string) => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(crc32(content));
  bytes.writeUInt32LE(Buffer.byteLength(content), 4);
  return bytes;
};
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

async function runOf(archive: Buffer): Promise<{ bytes: Buffer; run: EventRun }> {
  const reader = await readerOf(archive);
  for await (const run of readRuns(reader.source, 0, reader.events - 1, (number) => reader.event(number))) {
    return { bytes: Buffer.from(run.bytes.buffer, run.bytes.byteOffset, run.bytes.byteLength), run };
  }
  throw new Error('There is no event.');
}

async function inflated(entries: HostileEntry[]): Promise<string | undefined> {
  const { bytes, run } = await runOf(hostileZip(entries));
  return inflateRun(bytes, run)?.toString();
}

const changed = (index: number, change: Partial<HostileEntry>) => honest.map((entry, i) => (i === index ? { ...entry, ...change } : entry));

describe('a run that is inflated in one go', () => {
  it('has the bytes of its entries, end to end', async () => {
    expect(await inflated(honest)).toBe(files.join(''));
    for (const name of ['small.zip', 'unicode.zip', 'old-types.zip']) {
      const { bytes, run } = await runOf(fixture(name));
      const single = Array.from({ length: run.entries.length / 5 }, (_, i) => inflateEntry(bytes, run.base, entryOf(run, i)));
      expect(inflateRun(bytes, run)?.equals(Buffer.concat(single)), name).toBe(true);
    }
  });

  it('is left to the slow way, which names the entry, where anything is wrong or unusual', async () => {
    const stored = Buffer.from(files[1]!);
    const cases: Record<string, HostileEntry[]> = {
      'a wrong checksum': changed(1, { local: { crc: 1 }, central: { crc: 1 } }),
      'a size too small': changed(1, { local: { size: 7 }, central: { size: 7 } }),
      'a size too large': changed(1, { local: { size: 70 }, central: { size: 70 } }),
      'no deflated data': changed(1, { data: Buffer.from('this is not deflated') }),
      'a stored entry': changed(1, { data: stored, local: { method: 0 }, central: { method: 0 } }),
      'an empty file': changed(1, { content: '' }),
      'bytes behind the data': changed(1, { data: Buffer.concat([deflateRawSync(files[1]!), Buffer.from('x')]) }),
    };
    for (const [what, entries] of Object.entries(cases)) expect(await inflated(entries), what).toBeUndefined();
  });

  it('is not deceived by data that looks like the ends and beginnings put in between', async () => {
    const [one, two, three] = files.map((file) => deflateRawSync(file)) as [Buffer, Buffer, Buffer];
    const all = deflateRawSync(files.join(''));
    const cases: Record<string, HostileEntry[]> = {
      'a member of its own before the real one': changed(1, { data: Buffer.concat([deflateRawSync(''), trailer(''), HEADER, two]) }),
      'one that swallows the others, followed by nothing': changed(0, { data: Buffer.concat([all, trailer(files.join('')), Buffer.from([0])]) }),
      'two in one, the other empty': [
        { ...honest[0]!, data: Buffer.concat([one, trailer(files[0]!), HEADER, two]), local: { size: 9 }, central: { size: 9 } },
        { ...honest[1]!, data: three },
        honest[2]!,
      ],
    };
    for (const [what, entries] of Object.entries(cases)) expect(await inflated(entries), what).toBeUndefined();
  });
});
