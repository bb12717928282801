import { describe, expect, it } from 'vitest';
import { figures, progressLine } from './figures.js';
import type { BackupJob, Job, RestoreJob } from './job.js';
import { newBackup, newRestore } from './new-job.js';
import { emptyProgress, type JobProgress } from './segment.js';

const start = new Date('2026-03-01T08:00:00Z');
const later = (ms: number) => new Date(start.getTime() + ms);
const principal = { actor: 'client:root', administrator: true };
const past = { handledEvents: 5, handledAssets: 4, lostAssets: 3, handledBytes: 2 };
const backup: BackupJob = {
  ...newBackup({ id: 'b', principal, now: start, app: { id: 'a', name: 'blog' } }),
  ...past,
  stage: 'exporting',
  stageStarted: start.toISOString(),
  totalEvents: 1_000,
};
const restore: RestoreJob = {
  ...newRestore({ id: 'r', principal, now: start, source: { kind: 'backup', backupId: 'b' }, appId: 'n', dryRun: false }),
  ...past,
  stage: 'importing',
  stageStarted: start.toISOString(),
  totalEvents: 1_000,
};
const counts = { events: 200, assets: 20, lostAssets: 10, bytes: 70 };
const others = { events: 9_000, assets: 9_000, lostAssets: 9_000, bytes: 9_000 };
const none = emptyProgress();
const exported: JobProgress = { ...none, export: { ...none.export, ...counts }, import: { ...none.import, ...others } };
const imported: JobProgress = { ...none, import: { ...none.import, ...counts }, export: { ...none.export, ...others } };

describe('figures of a job', () => {
  it('are those of the running stage, with a rate and an end', () => {
    const rate = { eventsPerSecond: 100, eta: later(10_000).toISOString() };
    expect(figures(backup, exported, later(2_000))).toEqual({ handledEvents: 200, handledAssets: 20, lostAssets: 10, handledBytes: 70, ...rate });
    // Bytes of a restore are those of the download.
    expect(figures(restore, imported, later(2_000))).toEqual({ handledEvents: 200, handledAssets: 20, lostAssets: 10, handledBytes: 2, ...rate });
  });

  it('are those of the past before and after it, and never less', () => {
    expect(figures({ ...backup, stage: 'assembling' }, exported, later(9_000))).toEqual(past);
    expect(figures({ ...restore, stage: 'rebuilding' }, imported, later(9_000))).toEqual(past);
    expect(figures(backup, { ...none, export: { ...none.export, events: 1, assets: 1, lostAssets: 1, bytes: 1 } }, later(0))).toEqual(past);
  });

  it('have no rate in the first two seconds, nor without events, nor when the clock was set back', () => {
    expect(figures(backup, exported, later(1_999)).eventsPerSecond).toBeUndefined();
    expect(figures(backup, exported, later(-86_400_000)).eventsPerSecond).toBeUndefined();
    expect(figures(backup, { ...none, export: { ...none.export, assets: 1 } }, later(60_000)).eventsPerSecond).toBeUndefined();
    const unknown = { ...backup };
    delete unknown.stageStarted;
    expect(figures(unknown, exported, later(60_000)).eventsPerSecond).toBeUndefined();
  });

  it('have no end where none is known, or where a clock that was put forward would put it beyond all dates', () => {
    const unknown = { ...backup };
    delete unknown.totalEvents;
    expect(figures(unknown, exported, later(2_000))).toMatchObject({ eventsPerSecond: 100 });
    expect(figures(unknown, exported, later(2_000)).eta).toBeUndefined();
    const slow: JobProgress = { ...none, export: { ...none.export, events: 1 } };
    const view = figures({ ...backup, totalEvents: 10_000_000 }, slow, later(365 * 86_400_000));
    expect(view).toEqual({ ...past, eventsPerSecond: 0 });
  });
});

describe('the line of progress', () => {
  const line = (job: Job) => progressLine(job, { handledEvents: 7, handledAssets: 2 });
  const report = { events: 9, attachments: 8, assets: 5, missingAssets: 1 } as RestoreJob['report'];

  it('counts in Squidex’s words', () => {
    expect(line({ ...backup, cut: 9 })).toBe('Total events: 7, assets: 2');
    // Four of the eight attachments are no asset files, or files that are lost.
    expect(line({ ...restore, report: report! })).toBe('Reading 7/9 events and 6 attachments completed.');
  });

  it('is not there before there is something to count', () => {
    expect(line(backup)).toBeUndefined();
    expect(line(restore)).toBeUndefined();
    expect(line({ ...restore, report: report!, dryRun: true })).toBeUndefined();
  });
});
