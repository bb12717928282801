import { defineRequest } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MessageBus, type RequestOptions } from './bus.js';
import { Patience } from './patience.js';
import { PatientBus } from './patient-bus.js';

const read = defineRequest('tests.read', { body: z.object({}), reply: z.string() });
const command = defineRequest('tests.change', { body: z.object({ key: z.string().optional() }), reply: z.string() });
/** Enough for two repeats: after 200 ms, and 400 ms later. */
const ENOUGH_MS = 1_000;

/** A service that says this, one after the other, and then 'done'. */
class Service extends MessageBus {
  readonly asked: (RequestOptions | undefined)[] = [];

  constructor(private readonly codes: string[]) {
    super();
  }

  request: MessageBus['request'] = async (_contract, _body, options) => {
    this.asked.push(options);
    const code = this.codes[this.asked.length - 1];
    if (code === undefined) return 'done' as never;
    throw new RepriseError(code.startsWith('notes.') ? 'conflict' : 'unavailable', code, `It says ${code}.`);
  };
  async enqueue(): Promise<void> {}
  async publish(): Promise<void> {}
  async broadcast(): Promise<void> {}
}

const over = (service: Service, patienceMs: number, signal?: AbortSignal) => {
  const patience = new Patience(patienceMs, signal);
  return new PatientBus(service, () => patience);
};
const forever = (code: string) => Array<string>(100).fill(code);

describe('A service that is away', () => {
  it.each(['messaging.unroutable', 'messaging.interrupted', 'messaging.timeout', 'storage.unreachable'])('is asked again by who reads (%s)', async (code) => {
    expect(await over(new Service([code, code]), ENOUGH_MS).request(read, {})).toBe('done');
  });

  it('is asked again under the same key, whatever became of the attempts before', async () => {
    const service = new Service(['messaging.interrupted', 'storage.unreachable']);
    expect(await over(service, ENOUGH_MS).request(command, { key: 'k' })).toBe('done');
    expect(service.asked).toHaveLength(3);
  });

  it.each([
    ['messaging.unroutable', 2],
    ['messaging.unreachable', 2],
    ['messaging.blocked', 2],
    ['storage.full', 2],
    ['messaging.interrupted', 1],
    ['messaging.timeout', 1],
    ['storage.unreachable', 1],
    ['some.code-of-tomorrow', 1],
  ])('is told a command without a key again only where it is certain that nothing was done (%s)', async (code, times) => {
    const service = new Service([code]);
    await over(service, ENOUGH_MS)
      .request(command, {})
      .catch(() => undefined);
    expect(service.asked).toHaveLength(times);
  });

  it('is waited for no longer than the patience, which is one for all that is asked', async () => {
    const service = new Service(forever('messaging.unroutable'));
    const bus = over(service, ENOUGH_MS);
    const began = performance.now();
    await expect(bus.request(read, {})).rejects.toMatchObject({ code: 'messaging.unroutable' });
    expect(service.asked).toHaveLength(3);
    await expect(bus.request(read, {})).rejects.toMatchObject({ code: 'messaging.unroutable' });
    expect(performance.now() - began).toBeLessThan(2 * ENOUGH_MS);
    expect(service.asked.length).toBeLessThanOrEqual(5);
  });

  it('is given no more time for a repeat than is left, and never more than was asked for', async () => {
    const service = new Service(['messaging.unroutable']);
    await over(service, 5_000).request(read, {}, { deadlineMs: 9_000 });
    expect(service.asked[0]).toEqual({ deadlineMs: 9_000 });
    expect(service.asked[1]!.deadlineMs).toBeLessThan(4_900);
  });

  it('is not asked again when nobody waits for the answer any more', async () => {
    const service = new Service(forever('messaging.unroutable'));
    const caller = new AbortController();
    setTimeout(() => caller.abort(), 20);
    const began = performance.now();
    await expect(over(service, 60_000, caller.signal).request(read, {})).rejects.toMatchObject({ code: 'messaging.unroutable' });
    expect(service.asked).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(150);
  });
});

describe('A command that failed', () => {
  const codeOf = async (codes: string[], key?: string) => {
    const patience = key === undefined ? 0 : 300;
    return over(new Service(codes), patience)
      .request(command, key === undefined ? {} : { key })
      .catch((error: RepriseError) => error.code);
  };

  it('says so when it may have been done, whatever the database of a service says', async () => {
    expect(await codeOf(['storage.unreachable'])).toBe('commands.outcome-unknown');
    expect(await codeOf(['log.busy'])).toBe('commands.outcome-unknown');
    expect(await codeOf(['messaging.timeout'])).toBe('messaging.timeout');
    expect(await codeOf(['messaging.unroutable'])).toBe('messaging.unroutable');
    expect(await codeOf(['notes.id-taken'])).toBe('notes.id-taken');
  });

  it('says so too when the last attempt did nothing, but one before may have', async () => {
    expect(await codeOf(['messaging.interrupted', ...forever('messaging.unroutable')], 'k')).toBe('messaging.interrupted');
    expect(await codeOf(['storage.unreachable', 'messaging.unroutable', ...forever('messaging.unroutable')], 'k')).toBe('commands.outcome-unknown');
    expect(await codeOf(['messaging.interrupted', 'notes.id-taken'], 'k')).toBe('notes.id-taken');
  });

  it('but one that only read is a matter of the database', async () => {
    await expect(over(new Service(['storage.unreachable']), 0).request(read, {})).rejects.toMatchObject({ code: 'storage.unreachable' });
  });
});
