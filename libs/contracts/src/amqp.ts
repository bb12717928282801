import { z } from 'zod';
import { AppRef } from './common.js';
import { JobView, type LinkSignature } from './backups.js';

/**
 * What other services say and hear over RabbitMQ: names, types and bodies of the interface, apart from the messages among our own services. What
 * stands here is promised to others: it may grow, and what changes otherwise gets a new major version of its type.
 */

/** The name that an installation has unless it is given another one. */
export const DEFAULT_INSTALLATION = 'reprise';

/** The exchange that takes an installation's requests, and the queue behind it: those that share a broker have one each. */
export function requestsOf(installation = DEFAULT_INSTALLATION): string {
  return `${installation}.requests`;
}

/** The exchange that gives an installation's facts. */
export function factsOf(installation = DEFAULT_INSTALLATION): string {
  return `${installation}.facts`;
}

/** Bytes of a request's body. */
export const MOST_REQUEST_BYTES = 64 * 1024;
export const ERROR_TYPE = 'reprise.error.v1';

/** The type of a request or fact, by its routing key. */
export function publicType(routingKey: string): string {
  return `reprise.${routingKey}.v1`;
}

/** The type of the answer to a request, by the request's routing key. */
export function replyType(routingKey: string): string {
  return `reprise.${routingKey}.reply.v1`;
}

/** A path of our own HTTP interface, by which whoever holds the link downloads an archive. */
export function downloadPath(jobId: string, appId: string, { expires, signature }: LinkSignature): string {
  return `/api/apps/jobs/${encodeURIComponent(jobId)}?${new URLSearchParams({ appId, expires: String(expires), signature }).toString()}`;
}

const jobId = z.string().describe('The job, as it was answered when it was started.');
const Started = z.object({ jobId: z.string().describe('By which the job is asked for, cancelled, and found again in its fact.') });

const PublicArchive = z.object({
  size: z.number().describe('Bytes.'),
  url: z.string().describe('Downloads the archive, a ZIP, without any other credentials. Supports ranges. Treat it as a secret.'),
  expires: z.string().describe('When the link ends; ask for the job to get a new one.'),
});

export const PublicJob = JobView.omit({ archive: true }).extend({
  archive: PublicArchive.extend({ etag: z.string(), fileName: z.string() }).optional().describe('Of a completed backup.'),
});
export type PublicJob = z.infer<typeof PublicJob>;

export const PublicError = z.object({
  error: z.object({
    kind: z.string().describe('What kind of trouble it is: invalid, unauthenticated, forbidden, not-found, conflict, limit, unavailable, internal …'),
    code: z.string().describe('Stable, for programs.'),
    message: z.string().describe('For a person: who is at fault and what to do.'),
    details: z.array(z.string()).optional().describe('One line for each problem of a body.'),
  }),
});

export const PublicFact = z.object({
  jobId: z.string(),
  app: AppRef.optional().describe('The app; of a restore, the new one.'),
  events: z.number().int().describe('In the archive, or taken from it.'),
  assets: z.number().int().describe('Files in the archive, or taken from it.'),
  archive: PublicArchive.optional().describe('Of backup.completed alone.'),
  error: z.object({ code: z.string(), message: z.string() }).optional().describe('Why the job failed.'),
  backupId: z.string().optional().describe('Of verifications and proofs: of which backup.'),
});
export type PublicFact = z.infer<typeof PublicFact>;

interface PublicRequest<Body, Reply> {
  summary: string;
  body: z.ZodType<Body>;
  reply: z.ZodType<Reply>;
}

function request<Body, Reply>(summary: string, body: z.ZodType<Body>, reply: z.ZodType<Reply>): PublicRequest<Body, Reply> {
  return { summary, body, reply };
}

/** By routing key. */
export const publicRequests = {
  'backup.start': request(
    'Backs an app up. Answered when the job is on disk; its end is told by a fact.',
    z.object({ app: z.string().describe('Name of the app.') }),
    Started,
  ),
  'backup.cancel': request('Cancels a backup or a restore; one that has ended stays as it is.', z.object({ jobId }), z.object({})),
  'backup.get': request('A backup as it is now, with a fresh link to its archive.', z.object({ jobId }), z.object({ job: PublicJob })),
  'restore.start': request(
    'Restores an archive into a new app (administrators). Answered when the job is on disk; its end is told by a fact.',
    z.object({
      url: z.string().optional().describe('Where the archive is fetched from. Either this or backupId.'),
      backupId: z.string().optional().describe('A backup of this installation. Either this or url.'),
      name: z.string().optional().describe('Name of the new app; the one in the archive if absent.'),
      dryRun: z.boolean().optional().describe('Reads and reports, changes nothing.'),
    }),
    Started,
  ),
  'restore.get': request('A restore as it is now.', z.object({ jobId }), z.object({ job: PublicJob })),
};
export type PublicRequestKey = keyof typeof publicRequests;
export type PublicBody<Key extends PublicRequestKey> = z.infer<(typeof publicRequests)[Key]['body']>;
export type PublicReply<Key extends PublicRequestKey> = z.infer<(typeof publicRequests)[Key]['reply']>;

export function isPublicRequest(routingKey: string): routingKey is PublicRequestKey {
  return Object.hasOwn(publicRequests, routingKey);
}

/** By routing key, what each tells. */
export const publicFacts = {
  'backup.completed': 'The archive is there and can be downloaded by its link.',
  'backup.failed': 'There is no archive; the error says why.',
  'backup.cancelled': 'There is no archive, as somebody asked.',
  'restore.completed': 'The app is there, all of it.',
  'restore.failed': 'Nothing of the app is there; the error says why.',
  'restore.cancelled': 'Nothing of the app is there, as somebody asked.',
  'verification.completed': 'Every byte of a backup was read; ask for the backup to see what was found.',
  'verification.failed': 'A backup could not be read through; the error says why.',
  'verification.cancelled': 'A verification was ended by somebody.',
  'proof.completed': 'A backup was restored and compared; ask for the backup to see what was found.',
  'proof.failed': 'A backup could not be restored and compared; the error says why.',
  'proof.cancelled': 'A proof was ended by somebody.',
} as const;
export type PublicFactKey = keyof typeof publicFacts;
