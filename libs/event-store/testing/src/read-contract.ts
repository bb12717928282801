import type { StoredEvent } from '@reprise/event-store-core';
import { beforeEach, expect, it } from 'vitest';
import { aCommand, anEvent, contentStream, readAll } from './builders.js';
import type { LogContext } from './event-log-contract.js';

const positions = (events: StoredEvent[]) => events.map((event) => event.position);

export function readContract({ log, appId }: LogContext): void {
  /** Ten events: `app` at 1, then contents, with a schema at 5. */
  beforeEach(async () => {
    await log().append(aCommand(appId(), { stream: `app-${appId()}` }));
    for (let i = 0; i < 3; i++) await log().append(aCommand(appId(), { stream: contentStream(appId(), 'a'), expectedVersion: i - 1 }));
    await log().append(aCommand(appId(), { stream: `schema-${appId()}--s` }));
    await log().append(aCommand(appId(), { stream: contentStream(appId(), 'b'), events: Array.from({ length: 5 }, (_, i) => anEvent(i)) }));
  });

  it('reads a range in order, both ends included', async () => {
    const { events, end } = await log().read(appId(), { from: 3, to: 7, limit: 100 });
    expect(positions(events)).toEqual([3, 4, 5, 6, 7]);
    expect(end).toBe(7);
  });

  it('stops at the limit and says how far the answer goes', async () => {
    const { events, end } = await log().read(appId(), { from: 3, to: 10, limit: 2 });
    expect(positions(events)).toEqual([3, 4]);
    expect(end).toBe(4);
  });

  it('stops at the head', async () => {
    const { events, end } = await log().read(appId(), { from: 9, to: 5000, limit: 100 });
    expect(positions(events)).toEqual([9, 10]);
    expect(end).toBe(10);
    expect(await log().read(appId(), { from: 11, to: 5000, limit: 100 })).toEqual({ events: [], end: 10 });
  });

  it('reads nothing of an app that never was', async () => {
    expect(await log().read('nobody', { from: 1, to: 10, limit: 100 })).toEqual({ events: [], end: 0 });
    expect(await log().readStream('nobody', 'app-nobody')).toEqual([]);
    expect(await log().blockSizes('nobody', 10)).toEqual([]);
  });

  it('picks stream kinds, and is complete up to the end it names', async () => {
    const all = await log().read(appId(), { from: 1, to: 9, limit: 100, kinds: ['schema', 'app'] });
    expect(positions(all.events)).toEqual([1, 5]);
    expect(all.end).toBe(9);
    const limited = await log().read(appId(), { from: 1, to: 9, limit: 1, kinds: ['schema', 'app'] });
    expect(positions(limited.events)).toEqual([1]);
    expect(limited.end).toBeGreaterThanOrEqual(1);
    expect(limited.end).toBeLessThan(5);
    expect(positions(await readAll(log(), appId(), { limit: 1, kinds: ['schema', 'app'] }))).toEqual([1, 5]);
    expect(await log().read(appId(), { from: 1, to: 10, limit: 100, kinds: ['rule'] })).toEqual({ events: [], end: 10 });
  });

  it('reads a stream from a version on', async () => {
    const stream = contentStream(appId(), 'a');
    expect((await log().readStream(appId(), stream)).map((event) => event.version)).toEqual([0, 1, 2]);
    expect(positions(await log().readStream(appId(), stream, 2))).toEqual([4]);
    expect(await log().readStream(appId(), stream, 3)).toEqual([]);
    expect(await log().readStream(appId(), contentStream(appId(), 'none'))).toEqual([]);
  });

  it('gives large events in smaller answers, but one at least', async () => {
    const payload = JSON.stringify({ text: 'x'.repeat(5 * 1024 * 1024) });
    await log().append(aCommand(appId(), { stream: contentStream(appId(), 'large'), events: [anEvent(1, { payload }), anEvent(2, { payload })] }));
    const first = await log().read(appId(), { from: 11, to: 12, limit: 100 });
    expect(positions(first.events)).toEqual([11]);
    expect(first.end).toBe(11);
    expect(await readAll(log(), appId())).toHaveLength(12);
  });

  it('tells the bytes of each block of 1,000 positions, up to a position', async () => {
    const app = `${appId()}-blocks`;
    const event = { type: 'T', payload: '{"ä":1}', headers: '{}' };
    await log().append(aCommand(app, { events: Array.from({ length: 2500 }, () => event) }));
    expect(await log().blockSizes(app, 2500)).toEqual([11000, 11000, 5500]);
    expect(await log().blockSizes(app, 2000)).toEqual([11000, 11000]);
    expect(await log().blockSizes(app, 1001)).toEqual([11000, 11]);
    expect(await log().blockSizes(app, 9999)).toEqual([11000, 11000, 5500]);
  });

  it('counts the types of events of some stream kinds between two positions', async () => {
    const app = `${appId()}-types`;
    const events = Array.from({ length: 5_500 }, (_, i) => ({ type: i % 10 === 0 ? 'Tenth' : 'Other', payload: '{}', headers: '{}' }));
    await log().append(aCommand(app, { stream: contentStream(app, 'a'), events }));
    await log().append(aCommand(app, { stream: `asset-${app}--a`, events: [{ type: 'File', payload: '{}', headers: '{}' }] }));
    const counts = async (from: number, to: number, kinds: string[]) => Object.fromEntries(await log().countTypes(app, { from, to, kinds }));
    expect(await counts(1, 5_501, ['content', 'asset'])).toEqual({ Tenth: 550, Other: 4_950, File: 1 });
    expect(await counts(1, 9_999, ['content'])).toEqual({ Tenth: 550, Other: 4_950 });
    expect(await counts(11, 5_490, ['content'])).toEqual({ Tenth: 548, Other: 4_932 });
    expect(await counts(1, 5_500, ['asset'])).toEqual({});
    expect(await log().countTypes('nobody', { from: 1, to: 10, kinds: ['asset'] })).toEqual(new Map());
  });
}
