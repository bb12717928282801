import type { AppRef, Principal, RestoreSource } from '@reprise/contracts';
import type { BackupJob, ProofJob, RestoreJob, VerificationJob } from './job.js';

interface Start {
  id: string;
  principal: Principal;
  key?: string | undefined;
  now: Date;
}

function base({ id, principal, key, now }: Start) {
  return {
    id,
    version: 0,
    requester: { actor: principal.actor, administrator: principal.administrator },
    ...(key === undefined ? {} : { key }),
    status: 'Created' as const,
    created: now.toISOString(),
    cancelRequested: false,
    deleteRequested: false,
    handledEvents: 0,
    handledAssets: 0,
    lostAssets: 0,
    handledBytes: 0,
    log: [],
    announced: false,
  };
}

export function newBackup(start: Start & { app: AppRef }): BackupJob {
  return { ...base(start), kind: 'backup', stage: 'created', app: { id: start.app.id, name: start.app.name } };
}

export function newRestore(start: Start & { source: RestoreSource; appId: string; name?: string | undefined; dryRun: boolean }): RestoreJob {
  return {
    ...base(start),
    kind: 'restore',
    stage: 'created',
    source: start.source,
    ...(start.name === undefined ? {} : { requestedName: start.name }),
    dryRun: start.dryRun,
    appId: start.appId,
    touched: false,
  };
}

/** `appId` is the shadow's. */
export function newProof(start: Start & { backup: BackupJob; appId: string }): ProofJob {
  return { ...base(start), kind: 'prove', stage: 'created', app: start.backup.app, backupId: start.backup.id, appId: start.appId, touched: false };
}

export function newVerification(start: Start & { backup: BackupJob }): VerificationJob {
  return { ...base(start), kind: 'verify', stage: 'created', app: start.backup.app, backupId: start.backup.id };
}
