import { unpackEvents } from '@reprise/event-store-core';
import { expect, it } from 'vitest';
import { aCommand, anEvent, contentStream, importedEvents, readAll } from './builders.js';
import type { LogContext } from './event-log-contract.js';

export function importContract({ log, appId }: LogContext): void {
  const begin = () => log().beginImport(appId(), 'job');

  it('takes segments in any order and opens when all is there', async () => {
    const events = importedEvents(appId(), 1, 2300);
    await begin();
    await log().importEvents(appId(), 'job', events.slice(1200));
    await log().importEvents(appId(), 'job', events.slice(0, 700));
    await expect(log().endImport(appId(), 'job')).rejects.toMatchObject({ kind: 'corrupt', code: 'log.incomplete' });
    await log().importEvents(appId(), 'job', events.slice(700, 1200));
    expect(await log().endImport(appId(), 'job')).toEqual({ position: 2300, epoch: 0, state: 'open' });
    expect(await readAll(log(), appId())).toEqual(events);
    expect(await log().append(aCommand(appId(), { stream: contentStream(appId(), '0'), expectedVersion: 765 }))).toEqual({
      from: 2301,
      to: 2301,
      version: 766,
    });
  });

  it('gives packed what it holds, as far as nothing is missing', async () => {
    const events = importedEvents(appId(), 1, 50);
    events[4] = { ...events[4]!, payload: '{"text":"ü😀"}', headers: '{"n":"é"}' };
    await begin();
    await log().importEvents(appId(), 'job', events.slice(0, 20));
    await log().importEvents(appId(), 'job', events.slice(30));
    const read = async (from: number, to: number, limit: number) => {
      const { events, end } = await log().readPacked(appId(), { from, to, limit });
      return { events: [...unpackEvents(events)], end };
    };
    expect(await read(3, 10, 100)).toEqual({ events: events.slice(2, 10), end: 10 });
    expect(await read(3, 10, 2)).toEqual({ events: events.slice(2, 4), end: 4 });
    expect(await read(15, 50, 100)).toEqual({ events: events.slice(14, 20), end: 20 });
    expect(await read(25, 50, 100)).toEqual({ events: [], end: 24 });
  });

  it('shows a head without a gap before it while segments come in', async () => {
    const events = importedEvents(appId(), 1, 2300);
    const head = async () => (await log().head(appId())).position;
    await begin();
    expect(await log().head(appId())).toEqual({ position: 0, epoch: 0, state: 'importing' });
    await log().importEvents(appId(), 'job', events.slice(1050));
    expect(await head()).toBe(0);
    await log().importEvents(appId(), 'job', events.slice(0, 1020));
    expect(await head()).toBe(1020);
    expect(await log().read(appId(), { from: 1000, to: 1100, limit: 1000 })).toMatchObject({ end: 1020 });
    expect(await log().read(appId(), { from: 1, to: 2300, limit: 5000, kinds: ['content'] })).toMatchObject({ end: 1020 });
    expect((await log().read(appId(), { from: 1051, to: 1100, limit: 1000 })).events).toEqual(events.slice(1050, 1100));
    await log().importEvents(appId(), 'job', events.slice(1020, 1050));
    expect(await head()).toBe(2300);
  });

  it('takes an event again that is equal to the last byte, and no other', async () => {
    const events = importedEvents(appId(), 1, 10);
    await begin();
    await log().importEvents(appId(), 'job', events);
    await log().importEvents(appId(), 'job', events);
    expect(await log().blockSizes(appId(), 10)).toHaveLength(1);
    const other = { ...events[4]!, payload: `${events[4]!.payload} ` };
    await expect(log().importEvents(appId(), 'job', [other])).rejects.toMatchObject({ kind: 'corrupt', code: 'log.import-mismatch' });
    expect(await readAll(log(), appId())).toEqual(events);
  });

  it('refuses a stream version that is taken, and stores nothing of that call', async () => {
    const events = importedEvents(appId(), 1, 10);
    await begin();
    await log().importEvents(appId(), 'job', events);
    const doubled = [...importedEvents(appId(), 11, 11), { ...events[2]!, position: 12 }];
    await expect(log().importEvents(appId(), 'job', doubled)).rejects.toMatchObject({ code: 'log.import-mismatch' });
    expect((await log().head(appId())).position).toBe(10);
  });

  it('refuses the appends of others meanwhile, and lets only its own job import', async () => {
    await begin();
    await begin();
    await expect(log().append(aCommand(appId()))).rejects.toMatchObject({ kind: 'conflict', code: 'log.not-open' });
    for (const call of [
      () => log().beginImport(appId(), 'other'),
      () => log().importEvents(appId(), 'other', importedEvents(appId(), 1, 1)),
      () => log().endImport(appId(), 'other'),
    ]) {
      await expect(call()).rejects.toMatchObject({ kind: 'conflict', code: 'log.not-importing' });
    }
  });

  it('is never begun for a log that is in use', async () => {
    await log().append(aCommand(appId()));
    await expect(begin()).rejects.toMatchObject({ code: 'log.not-importing' });
  });

  it('passes over what comes late for a log that is open, and adds nothing to it', async () => {
    const events = importedEvents(appId(), 1, 10);
    await begin();
    await log().importEvents(appId(), 'job', events);
    const head = await log().endImport(appId(), 'job');
    await begin();
    await log().importEvents(appId(), 'job', events.slice(3, 5));
    expect(await log().endImport(appId(), 'job')).toEqual(head);
    await expect(log().importEvents(appId(), 'job', importedEvents(appId(), 11, 12))).rejects.toMatchObject({ code: 'log.not-open' });
    expect(await log().append(aCommand(appId(), { stream: contentStream(appId(), 'new'), events: [anEvent(1)] }))).toMatchObject({ from: 11 });
  });

  it('opens an empty log', async () => {
    await begin();
    expect(await log().endImport(appId(), 'job')).toEqual({ position: 0, epoch: 0, state: 'open' });
  });
}
