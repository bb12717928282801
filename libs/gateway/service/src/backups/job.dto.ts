import { type AppRef, downloadPath, type JobView } from '@reprise/contracts';
import { del, get, type Links, path, post } from '../http/links.js';

/** What Reprise tells of a job beyond Squidex's fields. */
function progress(job: JobView) {
  const { phase, totalEvents, totalAssets, lostAssets, handledBytes, totalBytes, eventsPerSecond, eta, error } = job;
  return { phase, totalEvents, totalAssets, lostAssets, handledBytes, totalBytes, eventsPerSecond, eta, error };
}

/** The archive's signed link; only while there is an archive. */
function download(job: JobView): Links {
  if (!job.archive || !job.app) return {};
  return { download: get(downloadPath(job.id, job.app.id, job.archive.link)) };
}

function times(job: JobView) {
  return { started: job.started ?? job.created, stopped: job.stopped };
}

const isRunning = (job: JobView) => job.status === 'Created' || job.status === 'Started';

/** Squidex's BackupJobDto. */
export function backupDto(app: AppRef, job: JobView) {
  const self = path`/api/apps/${app.name}/backups/${job.id}`;
  return {
    id: job.id,
    ...times(job),
    status: job.status,
    handledEvents: job.handledEvents,
    handledAssets: job.handledAssets,
    ...progress(job),
    archiveSize: job.archive?.size,
    verified: job.verified,
    proved: job.proved,
    _links: { delete: del(self), ...(job.archive ? { verify: post(`${self}/verify`), prove: post(`${self}/prove`) } : {}), ...download(job) },
  };
}

/** Any archive of the installation. Its app may be gone, or another may have its name: no link leads by way of it. */
export function archiveDto(job: JobView) {
  const app = job.app ?? { id: '', name: '' };
  const self = path`/api/backups/${job.id}`;
  const links = { delete: del(self), ...(job.archive ? { verify: post(`${self}/verify`) } : {}), ...download(job) };
  return { ...backupDto(app, job), appId: app.id, appName: app.name, _links: links };
}

const DESCRIPTIONS = { backup: 'Backup', restore: 'Restore', verify: 'Verification of a backup', prove: 'Proof that a backup can be restored' };

/** Squidex's JobDto. */
export function jobDto(app: AppRef, job: JobView) {
  const self = path`/api/apps/${app.name}/jobs/${job.id}`;
  return {
    id: job.id,
    ...times(job),
    status: job.status,
    taskName: job.kind,
    description: DESCRIPTIONS[job.kind],
    taskArguments: { appId: app.id, appName: app.name, ...(job.backupId === undefined ? {} : { backupId: job.backupId }) },
    log: job.log,
    canDownload: job.archive !== undefined,
    handledEvents: job.handledEvents,
    handledAssets: job.handledAssets,
    ...progress(job),
    result: job.result,
    _links: { self: get(self), delete: del(self), ...(isRunning(job) ? { cancel: post(`${self}/cancel`) } : {}), ...download(job) },
  };
}

/** Squidex's RestoreJobDto; before the first restore ever there is one that never ran. */
export function squidexRestoreDto(job: JobView | undefined) {
  if (!job) return { log: [], started: '1970-01-01T00:00:00Z', status: 'Created' };
  return {
    url: job.url ?? '',
    log: job.log.map(({ timestamp, message }) => `${timestamp}: ${message}`),
    ...times(job),
    status: job.status,
    handledEvents: job.handledEvents,
    handledAssets: job.handledAssets,
    ...progress(job),
  };
}

/** A restore as our own routes show it. */
export function restoreDto(job: JobView) {
  const self = path`/api/restores/${job.id}`;
  const { id, status, url, log, report, handledEvents, handledAssets } = job;
  return {
    id,
    status,
    ...times(job),
    created: job.created,
    url,
    appId: job.app?.id,
    appName: job.app?.name,
    handledEvents,
    handledAssets,
    ...progress(job),
    report,
    log,
    _links: {
      self: get(self),
      ...(isRunning(job) ? { cancel: post(`${self}/cancel`) } : {}),
      ...(status === 'Completed' && job.app ? { app: get(path`/api/apps/${job.app.name}`) } : {}),
    },
  };
}
