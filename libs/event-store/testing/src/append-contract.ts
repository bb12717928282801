import { expect, it } from 'vitest';
import { aCommand, anEvent, contentStream, readAll } from './builders.js';
import type { LogContext } from './event-log-contract.js';

export function appendContract({ log, appId }: LogContext): void {
  it('gives consecutive positions from 1 and versions from 0', async () => {
    expect(await log().head(appId())).toEqual({ position: 0, epoch: 0, state: 'absent' });
    expect(await log().append(aCommand(appId(), { events: [anEvent(1), anEvent(2)] }))).toEqual({ from: 1, to: 2, version: 1 });
    expect(await log().append(aCommand(appId(), { stream: contentStream(appId(), 'b') }))).toEqual({ from: 3, to: 3, version: 0 });
    expect(await log().append(aCommand(appId(), { expectedVersion: 1 }))).toEqual({ from: 4, to: 4, version: 2 });
    expect(await log().head(appId())).toEqual({ position: 4, epoch: 0, state: 'open' });
  });

  it('keeps apps apart', async () => {
    const other = `${appId()}-other`;
    await log().append(aCommand(appId()));
    expect(await log().append(aCommand(other, { stream: contentStream(appId(), 'a') }))).toEqual({ from: 1, to: 1, version: 0 });
    expect(await readAll(log(), other)).toHaveLength(1);
  });

  it('refuses a version that is not the last one, and stores nothing of that command', async () => {
    await log().append(aCommand(appId()));
    for (const expectedVersion of [-1, 1, 7]) {
      const refused = log().append(aCommand(appId(), { expectedVersion, events: [anEvent(1), anEvent(2)] }));
      await expect(refused).rejects.toMatchObject({ kind: 'conflict', code: 'log.version-conflict' });
    }
    await expect(log().append(aCommand(appId(), { stream: contentStream(appId(), 'new'), expectedVersion: 0 }))).rejects.toMatchObject({
      code: 'log.version-conflict',
    });
    expect((await log().head(appId())).position).toBe(1);
  });

  it('gives the first result again for the same key, also when others have appended since', async () => {
    const command = aCommand(appId(), { commitKey: 'once' });
    const result = await log().append(command);
    await log().append(aCommand(appId(), { expectedVersion: 0 }));
    expect(await log().append(command)).toEqual(result);
    expect((await log().head(appId())).position).toBe(2);
  });

  it('lets only one of two commands under one key through when they come at once', async () => {
    const command = aCommand(appId());
    const results = await Promise.all([log().append(command), log().append(command)]);
    expect(results[0]).toEqual(results[1]);
    expect(await readAll(log(), appId())).toHaveLength(1);
  });

  it('takes the same key in another app for another command', async () => {
    await log().append(aCommand(appId(), { commitKey: 'k' }));
    const other = `${appId()}-other`;
    await log().append(aCommand(other, { commitKey: 'k' }));
    expect((await log().head(other)).position).toBe(1);
  });

  it('refuses a decision that an event of the named kinds has overtaken', async () => {
    await log().append(aCommand(appId(), { stream: `schema-${appId()}--s` }));
    await log().append(aCommand(appId(), { stream: contentStream(appId(), 'x') }));
    const decided = (position: number, kinds: string[]) =>
      log().append(aCommand(appId(), { stream: contentStream(appId(), `${position}${kinds.join()}`), condition: { position, kinds } }));

    await expect(decided(0, ['schema'])).rejects.toMatchObject({ kind: 'conflict', code: 'log.condition-failed' });
    await expect(decided(1, ['app', 'content'])).rejects.toMatchObject({ code: 'log.condition-failed' });
    expect(await decided(1, ['schema', 'app'])).toMatchObject({ from: 3 });
    expect(await decided(3, ['content', 'schema', 'app'])).toMatchObject({ from: 4 });
    expect(await decided(0, [])).toMatchObject({ from: 5 });
  });

  it('does not count its own earlier success as an overtaking event', async () => {
    const command = aCommand(appId(), { condition: { position: 0, kinds: ['content'] } });
    const result = await log().append(command);
    expect(await log().append(command)).toEqual(result);
  });

  it('keeps payloads and headers to the letter', async () => {
    const payload = '{"n":12345678901234567890.10, "z":-0,"a":1.0e+5,"text":"\\u0022 ä 𝄞 \\ud800","\u2028":"\u0000"}';
    const headers = ' {"EventId" : "x"}';
    await log().append(aCommand(appId(), { events: [anEvent(1, { payload, headers })] }));
    expect(await readAll(log(), appId())).toEqual([
      { position: 1, stream: contentStream(appId(), 'a'), version: 0, type: 'ContentUpdatedEvent', payload, headers },
    ]);
  });

  it('escapes half characters within JSON, since stores hold UTF-8, and refuses them elsewhere', async () => {
    await log().append(aCommand(appId(), { events: [anEvent(1, { payload: '{"a":"\ud800","b":"x\udc00\ud834\udd1e"}', headers: '{"h":"\udfff"}' })] }));
    const [event] = await readAll(log(), appId());
    expect(event).toMatchObject({ payload: '{"a":"\\uD800","b":"x\\uDC00\ud834\udd1e"}', headers: '{"h":"\\uDFFF"}' });
    await expect(log().append(aCommand(appId(), { stream: 'content-\ud800' }))).rejects.toMatchObject({ kind: 'invalid', code: 'log.event-invalid' });
    await expect(log().append(aCommand(appId(), { expectedVersion: 0, events: [anEvent(2, { type: 'A\ud800' })] }))).rejects.toMatchObject({ kind: 'invalid' });
  });
}
