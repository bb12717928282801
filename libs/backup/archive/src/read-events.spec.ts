import { randomBytes } from 'node:crypto';
import { unpackEvents } from '@reprise/event-store-core';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256 } from './digests.js';
import { ArchivePool, attachmentPath, eventPath, inspectEvents, readImport, type EventImportPlan, type RestoreMapping } from './index.js';
import { MOST_VALUES } from './event-values.js';
import { collect, readerOf } from './spec-fixtures.js';
import { hostileZip, type HostileEntry } from './testing/index.js';

const pool = new ArchivePool({ threads: 1 });
afterAll(() => pool.destroy());

const file = (type: string, payload: string, stream = 'app-1') => JSON.stringify({ n: { t: type, s: stream, p: payload, h: {} } });
const created = file('AppCreatedEvent', '{"name":"a","appId":"1,a"}');
const archiveOf = (...others: string[]) => hostileZip([created, ...others].map((content, i) => ({ name: eventPath(i), content })));
const mapping: RestoreMapping = { oldAppId: '1', newAppId: '2', name: 'n', users: {} };

async function inspected(archive: Buffer, maxEventBytes?: number) {
  return collect(inspectEvents(await readerOf(archive, maxEventBytes === undefined ? {} : { maxEventBytes }), pool));
}

async function imported(archive: Buffer, options: { mapping: RestoreMapping; maxEventBytes: number }) {
  const reader = await readerOf(archive);
  const numbers = Array.from({ length: reader.events }, (_, number) => number);
  const plan: EventImportPlan = { kind: 'events', from: 1, to: reader.events, entries: numbers.map((number) => reader.event(number)), versions: numbers };
  const batches = await collect(readImport(reader.source, plan, { ...options, pool }));
  return { events: batches.flatMap(({ events }) => [...unpackEvents(events)]), warnings: batches.flatMap(({ warnings }) => warnings) };
}

describe('events that are read', () => {
  it('are told with their streams, types, users and files', async () => {
    const asset = file(
      'AssetCreatedEventV2',
      '{"assetId":"x","fileVersion":2,"fileSize":7,"fileHash":"h","actor":"subject:u1","fromRule":false}',
      'asset-1--x',
    );
    const assigned = file('AppContributorAssignedEvent', '{"contributorId":"u2","actor":"subject:u1"}');
    const runs = await inspected(archiveOf(asset, assigned));
    expect(runs).toMatchObject([
      {
        from: 0,
        streams: ['app-1', 'asset-1--x', 'app-1'],
        types: ['AppCreatedEvent', 'AssetCreatedEventV2', 'AppContributorAssignedEvent'],
        users: ['u1', 'u2'],
        assetFiles: [{ position: 2, assetId: 'x', name: 'x_2.asset', fileSize: 7, fileHash: 'h' }],
        bytes: created.length + asset.length + assigned.length,
        folder: { name: 'events/0', count: 3 },
      },
    ]);
  });

  it('have the digest of their folder, however far from each other they lie, and stored or deflated', async () => {
    const others = ['one', 'two', 'three'].map((text) => file('X', `{"a":"${text}"}`));
    const files = [created, ...others].map((content, i) => ({ name: eventPath(i), content }));
    const [first, second, third, last] = files as [HostileEntry, HostileEntry, HostileEntry, HostileEntry];
    const stored = { ...third, data: Buffer.from(others[1]!), local: { method: 0 }, central: { method: 0 } };
    const between = { name: attachmentPath('x_0.asset'), content: randomBytes(300_000) };
    const whole = await inspected(hostileZip([first, second, stored, last]));
    const parts = await inspected(hostileZip([first, second, between, stored, last]));
    expect(parts.map(({ from, types }) => [from, types.length])).toEqual([
      [0, 2],
      [2, 2],
    ]);
    const all = [created, ...others].join('');
    const folder = { name: 'events/0', sha256: sha256(all), size: all.length, count: 4 };
    expect([...whole, ...parts].map((run) => run.folder)).toEqual([folder, undefined, folder]);
  });

  it('are refused by name where one is no JSON', async () => {
    await expect(inspected(archiveOf(file('X', '{"a":}')))).rejects.toMatchObject({
      code: 'archive.event-invalid',
      message: expect.stringContaining(eventPath(1)) as string,
    });
  });

  it('are refused by name where a backup of them would be larger than is allowed', async () => {
    const umlauts = file('X', `{"a":"${'ü'.repeat(1_000)}"}`);
    expect(Buffer.byteLength(umlauts)).toBeLessThan(3_000);
    await expect(inspected(archiveOf(umlauts), 3_000)).rejects.toMatchObject({
      kind: 'limit',
      code: 'archive.event-too-large',
      message: expect.stringMatching(/events\/0\/1\.json would have .*3000 that are allowed.*REPRISE_MAX_EVENT_BYTES/) as string,
    });
    expect(await inspected(archiveOf(umlauts), 9_000)).toHaveLength(1);
  });

  it('are refused by name where the new app would make them larger than is allowed', async () => {
    const archive = archiveOf(file('X', '{"appId":"1,a"}'));
    const options = { mapping: { ...mapping, name: 'n'.repeat(1_000) }, maxEventBytes: 1_100 };
    await expect(imported(archive, options)).rejects.toMatchObject({
      code: 'archive.event-too-large',
      message: expect.stringContaining(eventPath(0)) as string,
    });
    expect((await imported(archive, { ...options, maxEventBytes: 3_000 })).events).toHaveLength(2);
  });

  it('are refused by name where they hold more values than any genuine one', async () => {
    const many = file('X', `{"a":[${'1,'.repeat(MOST_VALUES)}1]}`);
    await expect(inspected(archiveOf(many))).rejects.toMatchObject({
      kind: 'limit',
      code: 'archive.event-too-complex',
      message: expect.stringContaining(eventPath(1)) as string,
    });
  });

  it('are given with a line for each that has no effect in the new app', async () => {
    const removed = file('AppContributorRemovedEvent', '{"contributorId":"nobody"}');
    const { events, warnings } = await imported(archiveOf(removed), { mapping, maxEventBytes: 10_000 });
    expect(events.map(({ position, version, type }) => [position, version, type])).toEqual([
      [1, 0, 'AppCreatedEvent'],
      [2, 1, 'NoopEvent'],
    ]);
    expect(warnings).toEqual([expect.stringContaining(eventPath(1))]);
  });

  it('are not read by a plan that does not say where each is', async () => {
    const reader = await readerOf(archiveOf(file('X', '{}')));
    const whole: EventImportPlan = { kind: 'events', from: 1, to: 2, entries: [reader.event(0), reader.event(1)], versions: [0, 1] };
    for (const part of [{ entries: [reader.event(0)] }, { versions: [0] }, { from: 2 }]) {
      const reading = collect(readImport(reader.source, { ...whole, ...part }, { mapping, pool, maxEventBytes: 10_000 }));
      await expect(reading).rejects.toMatchObject({ kind: 'corrupt', code: 'archive.plan-invalid' });
    }
  });
});
