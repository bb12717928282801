import { expect, it } from 'vitest';
import { aCommand, anEvent, contentStream, importedEvents, readAll } from './builders.js';
import type { LogContext } from './event-log-contract.js';

export function erasureContract({ log, appId }: LogContext): void {
  it('redacts a stream in place and counts the epoch up', async () => {
    const secret = contentStream(appId(), 'secret');
    await log().append(aCommand(appId(), { stream: secret, events: [anEvent('hidden'), anEvent('hidden too')] }));
    await log().append(aCommand(appId()));
    const before = await readAll(log(), appId());
    const [bytes] = await log().blockSizes(appId(), 3);

    await log().redact(appId(), secret);

    const noop = { type: 'NoopEvent', payload: '{}' };
    const after = await readAll(log(), appId());
    expect(after).toEqual([{ ...before[0], ...noop }, { ...before[1], ...noop }, before[2]]);
    expect(await log().head(appId())).toEqual({ position: 3, epoch: 1, state: 'open' });
    const sizes = after.map(({ type, payload, headers }) => type.length + payload.length + headers.length);
    expect(await log().blockSizes(appId(), 3)).toEqual([sizes[0]! + sizes[1]! + sizes[2]!]);
    expect(bytes).toBeGreaterThan((await log().blockSizes(appId(), 3))[0]!);
    expect(await log().append(aCommand(appId(), { stream: secret, expectedVersion: 1 }))).toMatchObject({ from: 4, version: 2 });
  });

  it('does nothing more when a redaction is repeated, or where there is no such stream', async () => {
    await log().append(aCommand(appId()));
    await log().redact(appId(), contentStream(appId(), 'a'));
    await log().redact(appId(), contentStream(appId(), 'a'));
    await log().redact(appId(), contentStream(appId(), 'none'));
    await log().redact('nobody', 'app-nobody');
    expect((await log().head(appId())).epoch).toBe(1);
  });

  it('purges an app, and leaves a tombstone that takes nothing', async () => {
    const other = `${appId()}-other`;
    await log().append(aCommand(other));
    await log().append(aCommand(appId(), { events: Array.from({ length: 3500 }, (_, i) => anEvent(i)) }));

    await log().purge(appId());
    await log().purge(appId());

    expect(await log().head(appId())).toMatchObject({ position: 0, state: 'purged' });
    expect(await log().read(appId(), { from: 1, to: 10, limit: 10 })).toEqual({ events: [], end: 0 });
    expect(await log().readStream(appId(), contentStream(appId(), 'a'))).toEqual([]);
    expect(await log().blockSizes(appId(), 10)).toEqual([]);
    await expect(log().append(aCommand(appId()))).rejects.toMatchObject({ code: 'log.not-open' });
    expect(await readAll(log(), other)).toHaveLength(1);
  });

  it('refuses what a cancelled import brings late', async () => {
    await log().beginImport(appId(), 'job');
    await log().importEvents(appId(), 'job', importedEvents(appId(), 1, 100));
    await log().purge(appId());
    await expect(log().importEvents(appId(), 'job', importedEvents(appId(), 101, 200))).rejects.toMatchObject({ kind: 'conflict', code: 'log.purged' });
    await expect(log().beginImport(appId(), 'job')).rejects.toMatchObject({ code: 'log.purged' });
    await expect(log().endImport(appId(), 'job')).rejects.toMatchObject({ code: 'log.purged' });
  });

  it('leaves a tombstone for an app that never was', async () => {
    await log().purge(appId());
    await expect(log().beginImport(appId(), 'job')).rejects.toMatchObject({ code: 'log.purged' });
  });
}
