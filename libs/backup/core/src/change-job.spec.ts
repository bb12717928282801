import { describe, expect, it } from 'vitest';
import { changeJob } from './change-job.js';
import type { BackupJob } from './job.js';
import type { JobStore, SegmentChanges } from './job-store.js';
import { newBackup } from './new-job.js';

const job = newBackup({ id: 'b', principal: { actor: 'client:root', administrator: true }, now: new Date(0), app: { id: 'a', name: 'blog' } });
const started = (current: BackupJob): BackupJob => ({ ...current, status: 'Started' });

/** One job, over which another is quicker so many times. */
class Contended {
  readonly asked: (SegmentChanges | undefined)[] = [];
  stored: BackupJob | undefined = job;

  constructor(private quicker: number) {}

  readonly store = {
    find: async () => this.stored,
    save: async (changed: BackupJob, changes?: SegmentChanges) => {
      this.asked.push(changes);
      if (this.quicker-- > 0) {
        this.stored = { ...job, version: changed.version + 1 };
        return undefined;
      }
      return (this.stored = { ...changed, version: changed.version + 1 });
    },
  } as unknown as JobStore;
}

describe('changing a job', () => {
  it('stores what the change makes of it, and its segments from the job as it was', async () => {
    const contended = new Contended(0);
    const changed = await changeJob<BackupJob>(contended.store, 'b', started, {
      segments: ({ status }) => (status === 'Created' ? { clear: true } : {}),
    });
    expect(changed).toMatchObject({ status: 'Started', version: 1 });
    expect(contended.asked).toEqual([{ clear: true }]);
  });

  it('begins again from the job as others left it', async () => {
    const contended = new Contended(19);
    const seen: number[] = [];
    const change = (current: BackupJob) => (seen.push(current.version), started(current));
    expect(await changeJob<BackupJob>(contended.store, 'b', change)).toMatchObject({ status: 'Started', version: 20 });
    expect(seen).toEqual(Array.from({ length: 20 }, (_, version) => version));
  });

  it('gives up where others are quicker each time', async () => {
    const contended = new Contended(20);
    await expect(changeJob<BackupJob>(contended.store, 'b', started)).rejects.toMatchObject({ kind: 'unavailable', code: 'jobs.busy' });
    expect(contended.asked).toHaveLength(20);
  });

  it('stores nothing where there is nothing to change, or no job', async () => {
    const contended = new Contended(0);
    expect(await changeJob<BackupJob>(contended.store, 'b', () => undefined)).toBe(job);
    expect(await changeJob<BackupJob>(contended.store, 'b', (current) => current)).toBe(job);
    contended.stored = undefined;
    expect(await changeJob<BackupJob>(contended.store, 'b', started)).toBeUndefined();
    expect(contended.asked).toEqual([]);
  });
});
