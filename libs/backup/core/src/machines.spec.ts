import { describe, expect, it } from 'vitest';
import { nextBackupStep } from './backup-machine.js';
import { nextProofStep, nextVerificationStep } from './check-machines.js';
import { discardSegments, ended, turnBack, turnBackSegments } from './endings.js';
import {
  archiveOf,
  type BackupJob,
  type BackupStage,
  needsWork,
  type ProofJob,
  type ProofStage,
  type RestoreJob,
  type RestoreStage,
  type VerificationStage,
} from './job.js';
import { newBackup, newProof, newRestore, newVerification } from './new-job.js';
import { nextRestoreStep } from './restore-machine.js';
import { emptyProgress, type JobProgress, type SegmentStage, type StageProgress } from './segment.js';

const now = new Date('2026-03-01T08:00:00Z');
const principal = { actor: 'client:root', administrator: true };
const backup = (stage: BackupStage, parts: Partial<BackupJob> = {}): BackupJob => ({
  ...newBackup({ id: 'b', principal, now, app: { id: 'a', name: 'blog' } }),
  stage,
  ...parts,
});
const restore = (stage: RestoreStage, parts: Partial<RestoreJob> = {}): RestoreJob => ({
  ...newRestore({ id: 'r', principal, now, source: { kind: 'backup', backupId: 'b' }, appId: 'n', dryRun: false }),
  stage,
  ...parts,
});
const progress = (stage: SegmentStage, parts: Partial<StageProgress>): JobProgress => {
  const all = emptyProgress();
  return { ...all, [stage]: { ...all[stage], ...parts } };
};
const none = emptyProgress();

describe('a backup', () => {
  it.each([
    ['created', none, 'start'],
    ['exporting', progress('export', { waiting: 5 }), 'dispatch'],
    ['exporting', progress('export', { waiting: 5, running: 3 }), 'wait'],
    ['exporting', progress('export', { running: 1, done: 3 }), 'wait'],
    ['exporting', progress('export', { failed: 1, running: 2, waiting: 3 }), 'fail-segments'],
    ['exporting', progress('export', { done: 4 }), 'assemble'],
    ['assembling', progress('export', { done: 4 }), 'plan-task'],
    ['assembling', progress('assemble', { waiting: 1 }), 'dispatch'],
    ['assembling', progress('assemble', { running: 1 }), 'wait'],
    ['assembling', progress('assemble', { failed: 1 }), 'fail-segments'],
    ['assembling', progress('assemble', { done: 1 }), 'take-archive'],
    ['verifying', progress('assemble', { done: 1 }), 'finish'],
    ['cleaning', progress('export', { running: 1 }), 'wait'],
    ['cleaning', progress('assemble', { running: 1 }), 'wait'],
    ['cleaning', progress('export', { done: 1, failed: 1 }), 'clean'],
    ['finished', none, 'announce'],
  ] as const)('that is %s with %o is to %s next', (stage, given, step) => {
    expect(nextBackupStep(backup(stage), given)).toBe(step);
  });

  it('is cancelled from any stage before it turns back or ends', () => {
    for (const stage of ['created', 'exporting', 'assembling', 'verifying'] as const) {
      expect(nextBackupStep(backup(stage, { cancelRequested: true }), none)).toBe('cancel');
    }
    expect(nextBackupStep(backup('finished', { cancelRequested: true, announced: true }), none)).toBe('nothing');
  });

  it('keeps nothing of its way once it has ended', () => {
    const snapshot = { registry: { app: { id: 'a', name: 'blog' }, settings: '{}', urls: { assets: '', assetsApp: '' } }, assets: { tags: '{}' } };
    expect(ended(backup('verifying', { snapshot, cut: 7 }), now)).toMatchObject({ stage: 'finished', status: 'Completed', cut: 7 });
    expect(ended(backup('verifying', { snapshot }), now).snapshot).toBeUndefined();
  });

  it('keeps the figures of what it did when it turns back', () => {
    const given = progress('export', { events: 7, assets: 3, lostAssets: 2, bytes: 90 });
    const figures = { handledEvents: 7, handledAssets: 3, lostAssets: 2, handledBytes: 90 };
    expect(turnBack(backup('exporting'), given, now, { status: 'Cancelled' })).toMatchObject({ ...figures, stage: 'cleaning' });
    // Bytes of a restore are those of the download.
    const restoring = { ...progress('import', { events: 7, assets: 3, lostAssets: 2, bytes: 90 }), export: { ...none.export, events: 99 } };
    expect(turnBack(restore('importing', { handledBytes: 4 }), restoring, now, { status: 'Cancelled' })).toMatchObject({ ...figures, handledBytes: 4 });
  });

  it('has an archive once it is Completed, until somebody deletes it', () => {
    const archive = { key: 'k', size: 1, etag: 'e', fileName: 'f' };
    expect(archiveOf(backup('finished', { status: 'Completed', archive }))).toBe(archive);
    expect(archiveOf(backup('verifying', { status: 'Started', archive }))).toBeUndefined();
    expect(archiveOf(backup('finished', { status: 'Completed', archive, deleteRequested: true }))).toBeUndefined();
    expect(archiveOf(restore('finished', { status: 'Completed' }))).toBeUndefined();
    expect(archiveOf(undefined)).toBeUndefined();
  });

  it('needs work until it has ended and told so, and again when it is to be deleted', () => {
    expect(needsWork(backup('exporting'))).toBe(true);
    expect(needsWork(backup('finished'))).toBe(true);
    expect(needsWork(backup('finished', { announced: true }))).toBe(false);
    expect(needsWork(backup('finished', { announced: true, deleteRequested: true }))).toBe(true);
  });

  it('begins with who asked for it, and nothing done', () => {
    const key = 'again';
    expect(
      newBackup({ id: 'b', principal: { ...principal, app: { id: 'a', name: 'blog', role: 'Owner' } }, key, now, app: { id: 'a', name: 'blog' } }),
    ).toMatchObject({
      requester: principal,
      key,
      app: { id: 'a', name: 'blog' },
      log: [],
    });
    expect(Object.keys(backup('created'))).not.toContain('key');
    expect(newRestore({ id: 'r', principal, now, source: { kind: 'backup', backupId: 'b' }, appId: 'n', name: 'asked-for', dryRun: false })).toMatchObject({
      requestedName: 'asked-for',
      touched: false,
    });
    expect(Object.keys(restore('created'))).not.toContain('requestedName');
  });

  it('is deleted only once it has ended', () => {
    expect(nextBackupStep(backup('finished', { announced: true, deleteRequested: true }), none)).toBe('delete');
    expect(nextBackupStep(backup('exporting', { deleteRequested: true, cancelRequested: true }), none)).toBe('cancel');
  });
});

describe('a restore', () => {
  it.each([
    ['created', none, 'start'],
    ['fetching', none, 'fetch'],
    ['inspecting', none, 'plan-task'],
    ['inspecting', progress('inspect', { running: 1 }), 'wait'],
    ['inspecting', progress('inspect', { done: 1 }), 'plan'],
    ['preparing', none, 'prepare'],
    ['importing', progress('import', { waiting: 2, done: 1 }), 'dispatch'],
    ['importing', progress('import', { done: 3 }), 'rebuild'],
    ['rebuilding', progress('rebuild', { running: 1 }), 'wait'],
    ['rebuilding', progress('rebuild', { failed: 1 }), 'fail-segments'],
    ['rebuilding', progress('rebuild', { done: 3 }), 'prove'],
    ['proving', none, 'prove'],
    ['taking', none, 'take'],
    ['finished', none, 'announce'],
  ] as const)('that is %s with %o is to %s next', (stage, given, step) => {
    expect(nextRestoreStep(restore(stage), given)).toBe(step);
  });

  it('goes on when the app may be visible already, whoever cancels', () => {
    expect(nextRestoreStep(restore('taking', { cancelRequested: true }), none)).toBe('take');
    expect(nextRestoreStep(restore('proving', { cancelRequested: true }), none)).toBe('cancel');
  });

  it('discards only when no worker is at it any more, and until that has worked', () => {
    const cleaning = restore('cleaning');
    expect(nextRestoreStep(cleaning, { ...progress('discard', { waiting: 4 }), import: { ...none.import, running: 1 } })).toBe('wait');
    expect(nextRestoreStep(cleaning, progress('discard', { waiting: 4 }))).toBe('dispatch');
    expect(nextRestoreStep(cleaning, progress('discard', { running: 1, done: 3 }))).toBe('wait');
    expect(nextRestoreStep(cleaning, progress('discard', { failed: 1, done: 3 }))).toBe('retry-discard');
    expect(nextRestoreStep(cleaning, progress('discard', { done: 4 }))).toBe('clean');
    const rebuilding = { ...progress('discard', { waiting: 4 }), rebuild: { ...none.rebuild, running: 1 } };
    expect(nextRestoreStep(cleaning, rebuilding)).toBe('wait');
    expect(nextRestoreStep(cleaning, { ...rebuilding, import: { ...none.import, running: 1 } })).toBe('wait');
    expect(nextRestoreStep(cleaning, progress('discard', { waiting: 1, running: 3 }))).toBe('wait');
    expect(nextRestoreStep(cleaning, progress('discard', { waiting: 1, running: 2 }))).toBe('dispatch');
  });

  it('has everything discarded when it turns back, if something of it may be there', () => {
    const discards = ['events', 'registry', 'contents', 'assets'].map((part) => ({
      id: `discard-${part}`,
      kind: `discard-${part}`,
      stage: 'discard',
      from: 0,
      to: 0,
    }));
    expect(discardSegments()).toEqual(discards);
    const drop = ['export', 'assemble', 'check', 'inspect', 'import', 'rebuild', 'compare'];
    expect(turnBackSegments(restore('importing', { touched: true }))).toEqual({ drop, add: discards });
    expect(turnBackSegments(restore('fetching'))).toEqual({ drop });
    expect(turnBackSegments(backup('exporting'))).toEqual({ drop });
  });

  it('is deleted once it has ended and that was told', () => {
    expect(nextRestoreStep(restore('finished', { announced: true, deleteRequested: true }), none)).toBe('delete');
    expect(nextRestoreStep(restore('finished', { announced: true }), none)).toBe('nothing');
  });

  it('is Failed only after it has been cleaned up, with the reason in its log from the first', () => {
    const error = { code: 'archive.truncated', message: 'The archive is cut off.' };
    const turned = turnBack(restore('importing', { status: 'Started' }), progress('import', { events: 7, assets: 1 }), now, { status: 'Failed', error });
    expect(turned).toMatchObject({ status: 'Started', stage: 'cleaning', handledEvents: 7, handledAssets: 1 });
    expect(turned.log.at(-1)?.message).toBe(error.message);
    const end = ended(turned, now);
    expect(end).toMatchObject({ status: 'Failed', stage: 'finished', error, stopped: now.toISOString() });
    expect(end.outcome).toBeUndefined();
  });

  it('turns back once', () => {
    const first = turnBack(restore('importing'), none, now, { status: 'Cancelled' });
    expect(turnBack(first, none, now, { status: 'Failed', error: { code: 'x', message: 'x' } })).toBe(first);
  });
});

describe('a verification', () => {
  const verification = (stage: VerificationStage, parts = {}) => ({
    ...newVerification({ id: 'v', principal, now, backup: backup('finished') }),
    stage,
    ...parts,
  });

  it.each([
    ['created', none, 'start'],
    ['checking', none, 'plan-task'],
    ['checking', progress('check', { running: 1 }), 'wait'],
    ['checking', progress('check', { done: 1 }), 'conclude'],
    ['cleaning', progress('check', { running: 1 }), 'wait'],
    ['cleaning', progress('check', { done: 1 }), 'clean'],
    ['finished', none, 'announce'],
  ] as const)('that is %s with %o is to %s next', (stage, given, step) => {
    expect(nextVerificationStep(verification(stage), given)).toBe(step);
  });

  it('is cancelled while it reads, and deleted once it has ended', () => {
    expect(nextVerificationStep(verification('checking', { cancelRequested: true }), none)).toBe('cancel');
    expect(nextVerificationStep(verification('finished', { announced: true }), none)).toBe('nothing');
    expect(nextVerificationStep(verification('finished', { announced: true, deleteRequested: true }), none)).toBe('delete');
    expect(turnBackSegments(verification('checking')).add).toBeUndefined();
  });
});

describe('a proof', () => {
  const proof = (stage: ProofStage, parts: Partial<ProofJob> = {}): ProofJob => ({
    ...newProof({ id: 'p', principal, now, backup: backup('finished'), appId: 's' }),
    stage,
    ...parts,
  });

  it.each([
    ['created', none, 'start'],
    ['inspecting', none, 'plan-task'],
    ['inspecting', progress('inspect', { failed: 1 }), 'fail-segments'],
    ['inspecting', progress('inspect', { done: 1 }), 'plan'],
    ['importing', progress('import', { waiting: 2 }), 'dispatch'],
    ['importing', progress('import', { done: 2 }), 'rebuild'],
    ['rebuilding', progress('rebuild', { done: 3 }), 'compare'],
    ['comparing', progress('compare', { waiting: 1 }), 'dispatch'],
    ['comparing', progress('compare', { failed: 1 }), 'fail-segments'],
    ['comparing', progress('compare', { done: 3 }), 'conclude'],
    ['cleaning', { ...progress('discard', { waiting: 4 }), compare: { ...none.compare, running: 1 } }, 'wait'],
    ['cleaning', progress('discard', { waiting: 4 }), 'dispatch'],
    ['cleaning', progress('discard', { failed: 4 }), 'retry-discard'],
    ['cleaning', progress('discard', { done: 4 }), 'clean'],
    ['finished', none, 'announce'],
  ] as const)('that is %s with %o is to %s next', (stage, given, step) => {
    expect(nextProofStep(proof(stage), given)).toBe(step);
  });

  it('discards its shadow whenever there may be one', () => {
    expect(turnBackSegments(proof('inspecting')).add).toBeUndefined();
    expect(turnBackSegments(proof('comparing', { touched: true })).add).toEqual(discardSegments());
    expect(nextProofStep(proof('comparing', { cancelRequested: true }), none)).toBe('cancel');
  });

  it('is Completed when nothing differs, whatever had to be discarded', () => {
    expect(ended(proof('cleaning'), now)).toMatchObject({ stage: 'finished', status: 'Completed' });
  });
});
