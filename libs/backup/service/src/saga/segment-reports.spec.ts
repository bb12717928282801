import type { JobStore, Segment } from '@reprise/backup-core';
import { aBackup } from '@reprise/backup-testing';
import { SegmentResult } from '@reprise/contracts';
import { describe, expect, it } from 'vitest';
import { doneTask, isAbandoned, isWorthAnother, MAX_ATTEMPTS, segmentFailure, stageWarnings } from './segment-reports.js';

const job = aBackup({ id: 'a1', name: 'shop' });
const segment = (parts: Partial<Segment>) => ({ jobId: job.id, state: 'waiting', attempts: 1, ...parts }) as Segment;
/** A store with these segments of one stage, which alone is asked for. */
const storeOf = (...segments: Partial<Segment>[]) =>
  ({ segments: async (id: string, stage: string) => (id === job.id && stage === 'export' ? segments.map(segment) : []) }) as unknown as JobStore;
const result = (parts: Partial<SegmentResult>) => SegmentResult.parse(parts);
const error = (kind: string, code = `${kind}.code`) => ({ kind, code, message: `Why it is ${kind}.` });

describe('A segment that failed', () => {
  it.each([
    ['unavailable', 'storage.unreachable', 1, true],
    ['unavailable', 'storage.unreachable', MAX_ATTEMPTS - 1, true],
    ['unavailable', 'storage.unreachable', MAX_ATTEMPTS, false],
    ['unavailable', 'storage.full', 1, false],
    ['corrupt', 'archive.damaged', 1, false],
    ['internal', 'internal', 1, false],
  ])('%s, by %s, after %i attempts, is worth another one: %s', (kind, code, attempts, worth) => {
    expect(isWorthAnother(error(kind, code), attempts)).toBe(worth);
  });

  it('is given up after one more attempt than may fail, but never where something is to be discarded', () => {
    expect(isAbandoned(segment({ stage: 'export', attempts: MAX_ATTEMPTS }))).toBe(false);
    expect(isAbandoned(segment({ stage: 'export', attempts: MAX_ATTEMPTS + 1 }))).toBe(true);
    expect(isAbandoned(segment({ stage: 'discard', attempts: MAX_ATTEMPTS + 1 }))).toBe(false);
  });

  it.each(['corrupt', 'invalid', 'limit'])('ends its job as what it is: %s', async (kind) => {
    const store = storeOf({ state: 'done', result: result({}) }, { state: 'failed', error: error(kind) }, { state: 'failed', error: error('internal') });
    expect(await segmentFailure(store, job, 'export')).toMatchObject(error(kind));
  });

  it.each(['unavailable', 'conflict', 'internal'])('ends its job as beyond repair when it is %s: it was tried often enough', async (kind) => {
    const store = storeOf({ state: 'failed', error: error(kind) });
    expect(await segmentFailure(store, job, 'export')).toMatchObject({ ...error(kind), kind: 'internal' });
  });

  it('ends its job also where it says nothing', async () => {
    for (const store of [storeOf({ state: 'failed' }), storeOf({ state: 'done', error: error('corrupt') }), storeOf()]) {
      expect(await segmentFailure(store, job, 'export')).toMatchObject({ kind: 'internal', code: 'internal', message: 'A part of the job failed.' });
    }
  });
});

describe('Segments that are done', () => {
  it('say what people should know, in their order, and how much more there is', async () => {
    const store = storeOf({ result: result({ warnings: ['a', 'b'], moreWarnings: 3 }) }, {}, { result: result({ warnings: ['c'], moreWarnings: 4 }) });
    expect(await stageWarnings(store, job, 'export')).toEqual({ warnings: ['a', 'b', 'c'], more: 7 });
    expect(await stageWarnings(storeOf(), job, 'export')).toEqual({ warnings: [], more: 0 });
  });

  it('tell the attempt that counts, where the stage is one task', async () => {
    const done = { token: 't2', result: result({ events: 5 }) };
    expect(await doneTask(storeOf({ state: 'running', token: 't1' }, { state: 'done', ...done }), job, 'export')).toEqual(done);
    await expect(doneTask(storeOf({ state: 'running', token: 't1' }), job, 'export')).rejects.toThrow(job.id);
  });
});
