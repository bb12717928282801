import { isRepriseError, type RepriseError } from '@reprise/kernel';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assetFileOf } from './asset-files.js';
import { ArchivePool, decodeEventFile, eventPath, transformEvent } from './index.js';
import { encodeEventFile } from './event-file.js';
import { usersOf } from './event-users.js';
import { refusalOf } from './spec-archives.js';
import { eventFiles, fixture, readerOf } from './spec-fixtures.js';
import { sampleArchive } from './testing/index.js';

/** More runs: `REPRISE_FUZZ_RUNS=100000 npx vitest run libs/backup/archive/dist/fuzz.spec.js`. */
const numRuns = Number(process.env['REPRISE_FUZZ_RUNS'] ?? 1_000);

const pool = new ArchivePool({ threads: 1 });
afterAll(() => pool.destroy());

/** Damage as it happens, and as somebody makes it: bytes set, turned, cut out, put in, repeated, the end lost. */
type Mutation = (bytes: Buffer) => Buffer;
/** Everywhere alike: of doubles, most are next to nothing. */
const PLACES = 1_000_000;
const place = fc.nat(PLACES - 1).map((part) => part / PLACES);
const at = (bytes: Buffer, where: number) => Math.floor(where * bytes.length);
const special = fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x50, 0x22, 0x5c, 0x7b, 0x5b);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.oneof(special, fc.nat(255))).map(
    ([where, value]): Mutation =>
      (bytes) =>
        bytes.with(at(bytes, where), value) as Buffer,
  ),
  fc.tuple(place, fc.nat(7)).map(
    ([where, bit]): Mutation =>
      (bytes) =>
        bytes.with(at(bytes, where), bytes[at(bytes, where)]! ^ (1 << bit)) as Buffer,
  ),
  fc.tuple(place, fc.nat(60)).map(
    ([where, length]): Mutation =>
      (bytes) =>
        Buffer.concat([bytes.subarray(0, at(bytes, where)), bytes.subarray(at(bytes, where) + length)]),
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 20 })).map(
    ([where, more]): Mutation =>
      (bytes) =>
        Buffer.concat([bytes.subarray(0, at(bytes, where)), more, bytes.subarray(at(bytes, where))]),
  ),
  fc.tuple(place, fc.nat(200)).map(
    ([where, length]): Mutation =>
      (bytes) =>
        Buffer.concat([bytes.subarray(0, at(bytes, where) + length), bytes.subarray(at(bytes, where))]),
  ),
  place.map(
    (where): Mutation =>
      (bytes) =>
        bytes.subarray(0, at(bytes, where) + 1),
  ),
);
const mutations = fc.array(mutation, { minLength: 1, maxLength: 8 });
const mutated = (bytes: Buffer, steps: readonly Mutation[]) =>
  steps.reduce((current, step) => (current.length === 0 ? current : Buffer.from(step(current))), bytes);

/** What goes into logs must be of bounded length, and can't be what a terminal obeys. */
function checkMessage({ message }: RepriseError): void {
  expect(message.length).toBeLessThan(1_000);
  // eslint-disable-next-line no-control-regex
  expect(message).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
}

describe('the reader of archives', () => {
  let archives: Buffer[];
  beforeAll(async () => {
    archives = [await sampleArchive(pool), await sampleArchive(pool, { bytes: 30, entries: 3 }), fixture('small.zip'), fixture('small-v1.zip')];
  });

  it('accepts or refuses by name whatever is made of an archive', { timeout: 600_000 }, async () => {
    const found = { accepted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.nat(3), mutations, async (which, steps) => {
        const refusal = await refusalOf(mutated(archives[which]!, steps), pool);
        if (refusal) checkMessage(refusal);
        found[refusal ? 'refused' : 'accepted']++;
      }),
      { numRuns },
    );
    expect(found.refused).toBeGreaterThan(found.accepted);
  });

  it('accepts or refuses by name whatever is made of the records at its end, where its numbers are', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1), fc.array(fc.tuple(fc.nat(300), fc.oneof(special, fc.nat(255))), { minLength: 1, maxLength: 8 }), async (which, changes) => {
        const damaged = Buffer.from(archives[which]!);
        for (const [fromEnd, value] of changes) damaged[damaged.length - 1 - fromEnd] = value;
        const refusal = await refusalOf(damaged, pool);
        if (refusal) checkMessage(refusal);
      }),
      { numRuns },
    );
  });
});

describe('the reader of events', () => {
  const mapping = { oldAppId: '1', newAppId: '2', name: 'n', users: {}, urls: { oldAssets: 'a', oldAssetsApp: 'b', newAssets: 'c', newAssetsApp: 'd' } };

  /** What a restore and a later backup do with an event file. Refusals name the entry; all else is thrown. */
  function through(file: Buffer): 'read' | RepriseError {
    const path = eventPath(7);
    try {
      const decoded = decodeEventFile(file, path);
      usersOf(decoded.type, decoded.payload);
      assetFileOf(decoded, 8);
      const { event } = transformEvent(decoded, { position: 8, version: 0, mapping });
      const again = decodeEventFile(encodeEventFile(event), path);
      expect([again.type, again.stream, again.payload]).toEqual([event.type, event.stream, event.payload]);
      return 'read';
    } catch (error) {
      if (!isRepriseError(error) || error.code === 'json.invalid') throw error;
      expect([error.code.startsWith('archive.'), error.message]).toEqual([true, expect.stringContaining(path)]);
      checkMessage(error);
      return error;
    }
  }

  it('reads or refuses by name whatever is made of an event file', { timeout: 600_000 }, async () => {
    const readers = await Promise.all(['small', 'small-v1', 'unicode', 'old-types'].map((name) => readerOf(fixture(`${name}.zip`))));
    const files = (await Promise.all(readers.map(eventFiles))).flat().map((text) => Buffer.from(text));
    const found = { read: 0, refused: 0 };
    fc.assert(
      fc.property(fc.nat(files.length - 1), fc.array(mutation, { minLength: 1, maxLength: 2 }), (which, steps) => {
        found[through(mutated(files[which]!, steps)) === 'read' ? 'read' : 'refused']++;
      }),
      { numRuns: 5 * numRuns },
    );
    expect(Math.min(found.read, found.refused)).toBeGreaterThan(numRuns / 10);
  });

  it('reads or refuses by name any JSON in the members of an event file', { timeout: 600_000 }, () => {
    const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
    const text = fc.oneof(
      json,
      json.map((value) => JSON.stringify(value)),
      fc.constantFrom('AssetCreatedEventV2', 'ContentUpdatedEvent', 'app-1', 'asset-1--2'),
    );
    const event = fc.record({ t: text, s: text, p: text, h: json, type: text, metadata: json, payload: json }, { requiredKeys: [] });
    const file = fc.record({ n: fc.oneof(event, json), N: event, streamName: text, data: fc.oneof(event, json) }, { requiredKeys: [] });
    fc.assert(
      fc.property(file, (value) => void through(Buffer.from(JSON.stringify(value)))),
      { numRuns: 2 * numRuns },
    );
  });

  it('reads nothing that is nested deeper than 64, without falling over it', () => {
    const nested = (depth: number, open: string, close: string) =>
      `{"n":{"t":"X","s":"app-1","p":${JSON.stringify(`{"a":${open.repeat(depth)}${close.repeat(depth)}}`)},"h":{}}}`;
    expect(through(Buffer.from(nested(63, '[', ']')))).toBe('read');
    for (const depth of [64, 1_000, 5_000_000]) {
      expect(through(Buffer.from(nested(depth, '[', ']')))).toMatchObject({ code: 'archive.event-invalid' });
      expect(through(Buffer.from(nested(depth, '{"a":', '}')))).toMatchObject({ code: 'archive.event-invalid' });
    }
  });
});
