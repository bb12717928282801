import type { AppendCommand, AppendResult } from '@reprise/contracts';
import type { EventLog, StoredEvent } from '@reprise/event-store-core';
import { isRepriseError, newId } from '@reprise/kernel';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anEvent, readAll } from './builders.js';
import type { LogContext } from './event-log-contract.js';
import { Oracle, type Attempt } from './oracle.js';

const WRITERS = 50;
const KINDS = ['app', 'schema', 'content'] as const;

/** What a writer does once: reads the version or guesses it, maybe rests on a condition, maybe sends the command twice. */
const step = fc.record({
  kind: fc.constantFrom(...KINDS),
  stream: fc.nat({ max: 4 }),
  events: fc.integer({ min: 1, max: 4 }),
  guess: fc.option(fc.integer({ min: -1, max: 3 }), { freq: 3 }),
  condition: fc.option(fc.uniqueArray(fc.constantFrom(...KINDS), { maxLength: 2 }), { freq: 2 }),
  twice: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const workload = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: WRITERS, maxLength: WRITERS });

async function decide(log: EventLog, appId: string, { kind, stream, events, guess, condition }: Step): Promise<AppendCommand> {
  const name = `${kind}-${appId}--${stream}`;
  const { position } = await log.head(appId);
  return {
    appId,
    commitKey: newId(),
    stream: name,
    expectedVersion: guess ?? (await log.readStream(appId, name)).length - 1,
    events: Array.from({ length: events }, () => anEvent(newId())),
    ...(condition ? { condition: { position, kinds: condition } } : {}),
  };
}

async function attempt(log: EventLog, command: AppendCommand): Promise<Attempt> {
  try {
    return { command, outcome: await log.append(command) };
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    return { command, outcome: { code: error.code } };
  }
}

/** Repeats a command without waiting for the first answer: one key, so one effect. */
async function write(log: EventLog, appId: string, steps: Step[], attempts: Attempt[]): Promise<void> {
  for (const next of steps) {
    const command = await decide(log, appId, next);
    const [first, second] = await Promise.all([attempt(log, command), next.twice ? attempt(log, command) : undefined]);
    attempts.push(first);
    if (!second) continue;
    if ('from' in first.outcome || 'from' in second.outcome) expect(second.outcome).toEqual(first.outcome);
  }
}

/** Reads along until the writers are done: each position once, in order, and what was seen stays. */
async function follow(log: EventLog, appId: string, isDone: () => boolean): Promise<StoredEvent[]> {
  const seen: StoredEvent[] = [];
  for (;;) {
    const done = isDone();
    const { position } = await log.head(appId);
    const { events, end } = await log.read(appId, { from: seen.length + 1, to: Number.MAX_SAFE_INTEGER, limit: 7 });
    events.forEach((event, i) => expect(event.position).toBe(seen.length + 1 + i));
    seen.push(...events);
    expect(end).toBe(seen.length);
    if (done && seen.length >= position) return seen;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Takes the acknowledged commands in the order of their positions: each must be what the oracle would have allowed and done. */
function judge(attempts: Attempt[], stored: StoredEvent[]): void {
  const oracle = new Oracle();
  const taken = attempts.filter((a): a is { command: AppendCommand; outcome: AppendResult } => 'from' in a.outcome);
  for (const { command, outcome } of taken.sort((a, b) => a.outcome.from - b.outcome.from)) {
    expect(oracle.refusal(command)).toBeUndefined();
    expect(oracle.take(command)).toEqual(outcome);
  }
  expect(stored).toEqual(oracle.events);
}

/** A refused command must have been one that some moment of the log's history refuses with that code. */
function judgeRefusals(attempts: Attempt[]): void {
  const taken = attempts
    .filter((a): a is { command: AppendCommand; outcome: AppendResult } => 'from' in a.outcome)
    .sort((a, b) => a.outcome.from - b.outcome.from);
  const open = new Set(attempts.filter((a): a is { command: AppendCommand; outcome: { code: string } } => 'code' in a.outcome));
  const oracle = new Oracle();
  const strike = () => {
    for (const refused of open) if (oracle.refusal(refused.command) === refused.outcome.code) open.delete(refused);
  };
  strike();
  for (const { command } of taken) {
    oracle.take(command);
    strike();
  }
  expect([...open]).toEqual([]);
}

export function writersProperty({ log }: LogContext, runs: number): void {
  it(`agrees with an oracle, whatever ${WRITERS} writers do, and no reader sees a gap`, { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(workload, async (writers) => {
        const appId = newId();
        const attempts: Attempt[] = [];
        let done = false;
        const following = Promise.all([follow(log(), appId, () => done), follow(log(), appId, () => done)]);
        await Promise.all(writers.map((steps) => write(log(), appId, steps, attempts))).finally(() => (done = true));
        const seen = await following;
        const stored = await readAll(log(), appId);
        for (const events of seen) expect(events).toEqual(stored);
        judge(attempts, stored);
        judgeRefusals(attempts);
      }),
      // What depends on who comes first doesn't fail again the same way: making it smaller would only take long.
      { numRuns: runs, endOnFailure: true },
    );
  });
}
