import { describe, expect, it } from 'vitest';
import { addLine, addWarnings, MAX_LOG_LINES } from './job-log.js';
import type { BackupJob, RestoreJob } from './job.js';
import { viewJob, withoutSecrets } from './job-view.js';
import { isKnownType } from './known-types.js';
import { isValidLink, parseLink, signLink } from './links.js';
import { newBackup, newRestore } from './new-job.js';
import { emptyProgress } from './segment.js';

const now = new Date('2026-03-01T08:00:10.000Z');
const secret = Buffer.alloc(32, 7);
const principal = { actor: 'client:root', administrator: true };
const sign = (jobId: string, appId: string) => signLink(secret, jobId, appId, 1_900_000_000);
const viewer = { isRequester: true, now, sign };
const id = '11111111-2222-4333-8444-555555555555';
const backup = newBackup({ id, principal, now, app: { id: 'a', name: 'blog' } });

describe('what is seen of a job', () => {
  it('counts segments that are done, with a rate and an estimate from them', () => {
    const job: BackupJob = {
      ...backup,
      status: 'Started',
      stage: 'exporting',
      cut: 4_000,
      totalEvents: 4_000,
      totalAssets: 8,
      stageStarted: '2026-03-01T08:00:00.000Z',
    };
    const progress = { ...emptyProgress(), export: { waiting: 1, running: 0, done: 1, failed: 0, events: 1_000, assets: 3, lostAssets: 2, bytes: 50 } };
    const view = viewJob(job, progress, viewer);
    expect(view).toMatchObject({ phase: 'exporting', handledEvents: 1_000, totalEvents: 4_000, handledAssets: 3, handledBytes: 50, eventsPerSecond: 100 });
    expect(view).toMatchObject({ totalAssets: 6, lostAssets: 2 });
    expect(view.eta).toBe('2026-03-01T08:00:40.000Z');
    expect(view.log.map((line) => line.message)).toEqual(['Total events: 1000, assets: 3']);
  });

  it('has no estimate where there is nothing to estimate from', () => {
    const job: BackupJob = { ...backup, status: 'Started', stage: 'exporting', cut: 4_000, totalEvents: 4_000, stageStarted: '2026-03-01T08:00:09.000Z' };
    expect(viewJob(job, emptyProgress(), viewer).eta).toBeUndefined();
    expect(viewJob({ ...job, stage: 'assembling' }, emptyProgress(), viewer).eventsPerSecond).toBeUndefined();
  });

  it('names the app that a restore makes as soon as the name is known, and what was found and failed', () => {
    const restore = newRestore({ id, principal, now, source: { kind: 'backup', backupId: 'b' }, appId: 'n', name: 'asked-for', dryRun: false });
    const nameless = { ...restore };
    delete nameless.requestedName;
    expect(viewJob(nameless, emptyProgress(), viewer).app).toBeUndefined();
    expect(viewJob(restore, emptyProgress(), viewer)).toMatchObject({ app: { id: 'n', name: 'asked-for' } });
    expect(viewJob(restore, emptyProgress(), viewer).url).toBeUndefined();
    const report = { events: 9, attachments: 3, assets: 2, missingAssets: 0 } as RestoreJob['report'];
    const error = { code: 'x', message: 'It failed.' };
    const failed: RestoreJob = { ...nameless, name: 'found', stage: 'finished', status: 'Failed', report: report!, error };
    expect(viewJob(failed, emptyProgress(), viewer)).toMatchObject({ app: { id: 'n', name: 'found' }, report, error });
    expect(viewJob(backup, emptyProgress(), viewer)).toMatchObject({ app: { id: 'a', name: 'blog' } });
  });

  it('has a counting line while something is counted, and none once it is finished or turns back', () => {
    const lines = (job: Partial<BackupJob>) => viewJob({ ...backup, cut: 9, ...job }, emptyProgress(), viewer).log.length;
    expect((['exporting', 'assembling', 'cleaning', 'finished'] as const).map((stage) => lines({ stage }))).toEqual([1, 0, 0, 0]);
    const restore = newRestore({ id, principal, now, source: { kind: 'backup', backupId: 'b' }, appId: 'n', dryRun: false });
    const report = { events: 9, attachments: 3, assets: 2, missingAssets: 0 } as RestoreJob['report'];
    const restoring = (stage: RestoreJob['stage']) => viewJob({ ...restore, report: report!, stage }, emptyProgress(), viewer).log.length;
    expect((['preparing', 'importing', 'rebuilding', 'cleaning', 'finished'] as const).map(restoring)).toEqual([0, 1, 0, 0, 0]);
  });

  it('leaves out what is not known yet', () => {
    expect(Object.keys(viewJob(backup, emptyProgress(), viewer))).toEqual(
      expect.not.arrayContaining(['phase', 'started', 'stopped', 'totalEvents', 'totalAssets', 'totalBytes', 'error', 'report', 'url', 'archive']),
    );
  });

  it('shows a URL as it was sent to its requester alone', () => {
    const url = 'https://user:secret@cms.example.com/a.zip?signature=secret';
    const job: RestoreJob = newRestore({ id, principal, now, source: { kind: 'url', url }, appId: 'n', dryRun: false });
    expect(viewJob(job, emptyProgress(), viewer).url).toBe(url);
    expect(viewJob(job, emptyProgress(), { ...viewer, isRequester: false }).url).toBe('https://cms.example.com/a.zip');
    expect(withoutSecrets('no url')).toBe('');
  });

  it('links an archive once it is there', () => {
    const archive = { key: 'archives/x.zip', size: 9, etag: 'e', fileName: 'backup.zip' };
    const view = viewJob({ ...backup, stage: 'finished', status: 'Completed', archive }, emptyProgress(), viewer);
    expect(view.archive).toEqual({ size: 9, etag: 'e', fileName: 'backup.zip', link: sign(id, 'a') });
    expect(view.phase).toBeUndefined();
  });
});

describe('a download link', () => {
  const link = signLink(secret, id, 'a', 1_900_000_000);

  it('opens its own backup until it expires', () => {
    expect(isValidLink(secret, id, 'a', link, now)).toBe(true);
    expect(isValidLink(secret, id, 'a', link, new Date(1_900_000_000_000))).toBe(false);
    expect(isValidLink(secret, id, 'b', link, now)).toBe(false);
    expect(isValidLink(secret, id, 'a', { ...link, expires: link.expires + 1 }, now)).toBe(false);
    expect(isValidLink(Buffer.alloc(32, 8), id, 'a', link, now)).toBe(false);
    expect(isValidLink(secret, id, 'a', { ...link, signature: '' }, now)).toBe(false);
  });

  it('is recognised under every host and base path', () => {
    const query = `appId=a&expires=${link.expires}&signature=${link.signature}`;
    expect(parseLink(`https://cms.example.com/squidex/api/apps/jobs/${id}?${query}`)).toEqual({ jobId: id, appId: 'a', link });
    expect(parseLink(`http://10.0.0.1/api/apps/jobs/${id}?${query.replace('appId', 'appid')}`)).toEqual({ jobId: id, appId: 'a', link });
    expect(parseLink(`https://cms.example.com/api/apps/jobs/${id}`)).toBeUndefined();
    expect(parseLink(`https://cms.example.com/other?${query}`)).toBeUndefined();
    expect(parseLink('no url')).toBeUndefined();
  });
});

describe('a log', () => {
  it('replaces the line in a slot where it stands', () => {
    const log = addLine(addLine(addLine([], now, 'one of two', 'count'), now, 'between'), now, 'two of two', 'count');
    expect(log.map((line) => line.message)).toEqual(['two of two', 'between']);
  });

  it('says how many warnings it has no room for', () => {
    const many = Array.from({ length: MAX_LOG_LINES + 5 }, (_, index) => `asset ${index}`);
    const log = addWarnings(addWarnings([], now, many, 7), now, ['one'], 1);
    expect(log).toHaveLength(MAX_LOG_LINES + 1);
    expect(log.at(-1)?.message).toBe('Warning: 14 more warnings are not shown.');
  });
});

describe('event types', () => {
  it('are known by their name in any case', () => {
    expect(isKnownType('appcreatedEVENT')).toBe(true);
    expect(isKnownType('SomethingEvent')).toBe(false);
  });
});
