import { setTimeout as pause } from 'node:timers/promises';
import type { AppendCommand, AppendResult } from '@reprise/contracts';
import { CuttingProxy, hasMongo, HOW_TO_ENABLE_MONGO, startMongo, type TestEngine } from '@reprise/engines';
import type { EventLog } from '@reprise/event-store-core';
import { aCommand, anEvent, contentStream, importedEvents, readAll } from '@reprise/event-store-testing';
import { isRepriseError, newId } from '@reprise/kernel';
import { failoverOf } from '@reprise/mongodb/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MongoEventLog } from './mongo-event-log.js';
import { TestDatabase } from './spec/test-log.js';

const WRITERS = 20;
const KILLS = 5;

describe.skipIf(!hasMongo())(`A MongoDB server that fails (${HOW_TO_ENABLE_MONGO})`, () => {
  let engine: TestEngine;
  let app: string;
  const test = new TestDatabase();
  let log: MongoEventLog;
  beforeAll(async () => {
    engine = await startMongo();
    log = await test.log(engine.url);
  }, 90_000);
  afterAll(async () => {
    await test.close();
    await engine?.stop();
  }, 90_000);
  beforeEach(() => void (app = newId()));

  /** As a caller does it: again under the same key while the database can't be reached. */
  async function untilAcknowledged(command: AppendCommand, by: EventLog): Promise<AppendResult> {
    for (;;) {
      try {
        return await by.append(command);
      } catch (error) {
        if (!isRepriseError(error) || error.kind !== 'unavailable') throw error;
        await pause(50);
      }
    }
  }

  it('loses nothing that it acknowledged, makes no gap and no half command, however often it is killed', { timeout: 300_000 }, async (context) => {
    const fail = engine.restart ?? (await failoverOf(engine.url));
    if (!fail) return context.skip('the server by address is not ours to kill, and no replica set');
    const replicas = [log, await test.log(engine.url)];
    const acknowledged: { command: AppendCommand; result: AppendResult }[] = [];
    let killed = 0;
    const writing = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let version = -1; killed < KILLS; version += 3) {
        const events = [1, 2, 3].map((n) => anEvent(`${writer}/${version + n}`));
        const command = aCommand(app, { stream: contentStream(app, `${writer}`), expectedVersion: version, events });
        acknowledged.push({ command, result: await untilAcknowledged(command, replicas[writer % 2]!) });
      }
    });
    const writers = Promise.all(writing);
    const killing = (async () => {
      for (; killed < KILLS; killed++) {
        const before = acknowledged.length;
        while (acknowledged.length < before + 4 * WRITERS) await pause(5 + 20 * Math.random());
        await fail();
      }
    })();
    await Promise.all([writers, killing]);

    const events = await readAll(log, app);
    expect(events.map(({ position }) => position)).toEqual(events.map((_, i) => i + 1));
    expect(events).toHaveLength(3 * acknowledged.length);
    for (const { command, result } of acknowledged) {
      const stored = events.slice(result.from - 1, result.to);
      expect(stored).toMatchObject(command.events.map((event, i) => ({ ...event, stream: command.stream, version: command.expectedVersion + 1 + i })));
    }
    console.log(
      `${KILLS} ${engine.restart ? 'kills' : 'failovers'} under ${WRITERS} writers: ${acknowledged.length} commands acknowledged, all there, each once`,
    );
  });

  it('takes what 50 writers append to one app', { timeout: 300_000 }, async () => {
    const times: number[] = [];
    const started = performance.now();
    const cpu = process.cpuUsage();
    await Promise.all(
      Array.from({ length: 50 }, async (_, writer) => {
        for (let version = -1, seen = 0; version < 59; version++) {
          const before = performance.now();
          const command = aCommand(app, {
            stream: contentStream(app, `${writer}`),
            expectedVersion: version,
            condition: { position: seen, kinds: ['schema'] },
          });
          seen = (await log.append(command)).to;
          times.push(performance.now() - before);
        }
      }),
    );
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    times.sort((a, b) => a - b);
    const p99 = times[Math.floor(times.length * 0.99)]!;
    const { commits } = await test.left(app);
    expect((await log.head(app)).position).toBe(times.length);
    console.log(
      `${times.length} appends by 50 writers: ${Math.round(times.length / seconds)}/s, median ${times[times.length >> 1]!.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ` +
        `${commits} documents, ${((user + system) / 1000 / times.length).toFixed(2)} ms of the client's CPU each`,
    );
  });

  describe('behind a network that fails', () => {
    let proxy: CuttingProxy;
    beforeEach(async () => {
      proxy = await CuttingProxy.start(engine.url);
    });
    afterEach(() => proxy.stop());
    /** Not by what the driver does of its own accord. */
    const through = (retryWrites: boolean) => test.log(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true&retryWrites=${retryWrites}`);
    const INSERT = 'insert\0\x0e\0\0\0event_commits';

    it.each([false, true])('finds by its key what was written when the answer is lost (the driver repeats: %s)', async (retryWrites) => {
      const cut = await through(retryWrites);
      await cut.append(aCommand(app, { stream: contentStream(app, 'before') }));
      const lost = proxy.loseAnswerTo(INSERT);
      const command = aCommand(app, { events: [anEvent(1), anEvent(2)] });
      expect(await cut.append(command)).toEqual({ from: 2, to: 3, version: 1 });
      await lost;
      expect(await cut.append(command)).toEqual({ from: 2, to: 3, version: 1 });
      expect(await readAll(log, app)).toHaveLength(3);
    });

    it('imports once when the answer is lost', async () => {
      const cut = await through(false);
      const events = importedEvents(app, 1, 1500);
      await cut.beginImport(app, 'job');
      const lost = proxy.loseAnswerTo(INSERT);
      await cut.importEvents(app, 'job', events);
      await lost;
      expect(await cut.endImport(app, 'job')).toMatchObject({ position: 1500 });
      expect(await readAll(log, app)).toEqual(events);
    });

    it('appends each command once while connections are cut all the time', async () => {
      const cut = await through(true);
      let done = false;
      const cutting = (async () => {
        while (!done) {
          proxy.cut();
          await pause(30);
        }
      })();
      const commands = Array.from({ length: 60 }, (_, i) => aCommand(app, { stream: contentStream(app, `${i}`), events: [anEvent(i), anEvent(-i)] }));
      const results = await Promise.all(commands.map((command) => untilAcknowledged(command, cut))).finally(() => (done = true));
      await cutting;
      const events = await readAll(log, app);
      expect(events).toHaveLength(120);
      results.forEach(({ from, to }, i) =>
        expect(events.slice(from - 1, to).map(({ payload }) => payload)).toEqual(commands[i]!.events.map(({ payload }) => payload)),
      );
    });

    it('keeps nothing of a commit that arrives when the app has been purged', async () => {
      const cut = await through(true);
      await log.append(aCommand(app));
      await cut.head(app);
      proxy.delayMs = 150;
      const late = cut.append(aCommand(app, { stream: contentStream(app, 'late') })).catch((error: unknown) => error);
      await pause(700);
      await log.purge(app);
      proxy.delayMs = 0;
      expect(await late).toMatchObject({ code: 'log.not-open' });
      expect(await test.left(app)).toEqual({ commits: 0, pieces: 0 });
    });
  });
});
