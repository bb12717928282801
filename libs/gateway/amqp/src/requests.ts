import { createHash } from 'node:crypto';
import {
  cancelJob,
  findApp,
  findBackup,
  findRestore,
  startBackup,
  startRestore,
  type JobView,
  type Principal,
  type PublicBody,
  type PublicJob,
  type PublicReply,
  type PublicRequestKey,
  type RestoreSource,
} from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import type { PatientBus, RequestOptions } from '@reprise/messaging-core';
import type { DownloadLinks } from './download-links.js';

export interface Asked<Key extends PublicRequestKey> {
  body: PublicBody<Key>;
  principal: Principal;
  /** Makes a repeat harmless. */
  key?: string;
  bus: PatientBus;
  options: RequestOptions;
}

/** What each request does: the same as its route of the REST API, with the same rights, which the services check. */
export class Requests {
  constructor(private readonly links: DownloadLinks) {}

  readonly by: { [Key in PublicRequestKey]: (asked: Asked<Key>) => Promise<PublicReply<Key>> } = {
    'backup.start': async ({ body, principal, key, bus, options }) => {
      const { app } = await bus.request(findApp, { principal, name: body.app }, options);
      return bus.request(startBackup, { principal, ...optional({ key }), app: { id: app.id, name: app.name } }, options);
    },
    'backup.cancel': async ({ body, principal, key, bus, options }) => {
      await bus.request(cancelJob, { principal, ...optional({ key }), jobId: body.jobId }, options);
      return {};
    },
    'backup.get': async ({ body, principal, bus, options }) => {
      const { job } = await bus.request(findBackup, { principal, jobId: body.jobId }, options);
      return { job: this.publicJob(job) };
    },
    'restore.start': async ({ body, principal, key, bus, options }) => {
      const { name, dryRun } = body;
      const wishes = { ...(name ? { name } : {}), ...(dryRun ? { dryRun } : {}) };
      return bus.request(startRestore, { principal, ...optional({ key }), source: sourceOf(body), ...wishes }, options);
    },
    'restore.get': async ({ body, principal, bus, options }) => {
      const { job } = await bus.request(findRestore, { principal, jobId: body.jobId }, options);
      return { job: this.publicJob(job) };
    },
  };

  private publicJob({ archive, ...job }: JobView): PublicJob {
    if (!archive || !job.app) return job;
    const { size, etag, fileName, link } = archive;
    return { ...job, archive: { size, etag, fileName, ...this.links.of(job.id, job.app.id, link) } };
  }
}

/** Callers choose their message ids alone: one of another caller, or of another request, is another key. */
export function commandKey(principal: Principal, request: PublicRequestKey, messageId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([principal.actor, 'amqp', request, messageId]))
    .digest('hex');
}

function sourceOf({ url, backupId }: PublicBody<'restore.start'>): RestoreSource {
  if (url !== undefined && backupId === undefined) return { kind: 'url', url };
  if (url === undefined && backupId !== undefined) return { kind: 'backup', backupId };
  throw new RepriseError('invalid', 'restores.invalid', 'The body of restore.start is not what was agreed.', {
    details: ["url: Send either 'url' or 'backupId'."],
  });
}

function optional<T extends object>(parts: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> };
}
