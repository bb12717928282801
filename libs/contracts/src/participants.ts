import { z } from 'zod';
import { AppRef } from './common.js';
import { defineRequest, defineWork } from './define.js';

/**
 * The contract by which a service joins backup and restore: snapshot at the cut, export, import, rebuild, compare, discard.
 * The orchestrator knows no other way, for our own services either. All work is idempotent: the same segment may run
 * again, on another worker, also after it had succeeded.
 */

/** Files of an archive or a fragment lie in the archive object store; bodies carry keys, never bytes. */
const AppTask = {
  jobId: z.string(),
  /** Unique in the job, e.g. `export-events-0`. */
  segment: z.string(),
  /** Fencing token of this attempt; comes back in the report, an older one is passed over. */
  token: z.string(),
  appId: z.string(),
};

const Segment = {
  ...AppTask,
  /** App positions, both included. */
  from: z.number().int().min(1),
  to: z.number().int().min(1),
};

/** The parts of a segment that is exported, in order and without a gap. */
const Fragments = {
  fragments: z.array(z.object({ from: z.number().int().min(1), to: z.number().int().min(1), key: z.string() })).min(1),
  /** The object in which the fragments' bytes lie end to end, if each hasn't one of its own. */
  joined: z.string().optional(),
};

export const ExportSegment = z.object({
  ...Segment,
  /** Where the fragment of each part goes; its sidecar goes to `{key}.index`. What lies there already, whole, is left as it is. */
  ...Fragments,
});
export type ExportSegment = z.infer<typeof ExportSegment>;

/** event-store: the segment's event files. */
export const exportEvents = defineWork('event-store.export-segment', { body: ExportSegment });
/** assets: the asset files of the asset events in the segment. */
export const exportAssets = defineWork('assets.export-segment', { body: ExportSegment });

export const ImportSegment = z.object({
  ...Segment,
  /** The archive, in the archive object store. */
  archiveKey: z.string(),
  /** What inspection found for this segment (entries, first versions of its streams), in the archive object store; see backup/archive `ImportPlan`. */
  planKey: z.string(),
  /** How ids, names and URLs change, in the archive object store; see backup/archive `RestoreMapping`. */
  mappingKey: z.string(),
});
export type ImportSegment = z.infer<typeof ImportSegment>;

export const importEvents = defineWork('event-store.import-segment', { body: ImportSegment });
export const importAssets = defineWork('assets.import-segment', { body: ImportSegment });

/** What an app has beside its log, as it was right after the cut. */
export const RegistrySnapshot = z.object({
  app: AppRef,
  /** The app's UI settings, `{}` if none. */
  settings: z.string(),
  /** The current image as an object of the asset store, absent if there is none. */
  avatar: z.object({ key: z.string(), size: z.number() }).optional(),
  /** Base URLs of the installation, as `urls.json` has them. */
  urls: z.object({ assets: z.string(), assetsApp: z.string() }),
});
export const AssetsSnapshot = z.object({
  /** `{tagId:{name,count}}` as JSON text in Squidex's form. */
  tags: z.string(),
  /** `{old:new}` as JSON text, absent if empty. */
  aliases: z.string().optional(),
});

/**
 * What is done with whole archives. The workers of the event log do it: they have threads for it, and the orchestrator is left free to decide.
 * `findingsKey`, in the archive object store, is where what was found goes.
 */

/** Joins all that was exported, and what is beside the log, into one archive, and looks at it as whoever restores it will. */
export const AssembleTask = z.object({
  ...AppTask,
  app: AppRef,
  /** The last position that is in the archive. */
  cut: z.number().int().min(1),
  /** When the backup was started: the date of all entries. */
  started: z.string(),
  snapshot: z.object({ registry: RegistrySnapshot, assets: AssetsSnapshot }),
  /** In the archive's order. */
  segments: z.array(z.object({ holds: z.enum(['events', 'assets']), ...Fragments })),
  /** Where the archive goes, and its directory before it is whole. */
  archiveKey: z.string(),
  directoryKey: z.string(),
});
export type AssembleTask = z.infer<typeof AssembleTask>;
export const assembleArchive = defineWork('event-store.assemble-archive', { body: AssembleTask });

/** Reads all of an archive but the bytes of its asset files, and plans its import into `appId`; found is backup/inspection `Findings`. */
export const InspectTask = z.object({ ...AppTask, archiveKey: z.string(), findingsKey: z.string() });
export type InspectTask = z.infer<typeof InspectTask>;
export const inspectArchive = defineWork('event-store.inspect-archive', { body: InspectTask });

/** Reads every byte of an archive; found is backup/inspection `Verification`. */
export const CheckTask = z.object({ ...AppTask, archiveKey: z.string(), findingsKey: z.string() });
export type CheckTask = z.infer<typeof CheckTask>;
export const checkArchive = defineWork('event-store.check-archive', { body: CheckTask });

/** Builds all read models of the app from its log up to `to`. */
export const RebuildTask = z.object({ ...AppTask, to: z.number().int().min(0) });
export const rebuildRegistry = defineWork('app-registry.rebuild', { body: RebuildTask });
export const rebuildContents = defineWork('contents.rebuild', { body: RebuildTask });
export const rebuildAssets = defineWork('assets.rebuild', { body: RebuildTask });

/** Compares the read models of `appId`, into which a backup of `live` was restored, with those of `live` at position `to` of its log. */
export const CompareTask = z.object({ ...AppTask, live: z.string(), to: z.number().int().min(1) });
export const compareRegistry = defineWork('app-registry.compare', { body: CompareTask });
export const compareContents = defineWork('contents.compare', { body: CompareTask });
export const compareAssets = defineWork('assets.compare', { body: CompareTask });

/** Removes all that the service holds of an app, and whatever comes late for it: an id that was discarded is never used again. */
export const DiscardTask = z.object({ ...AppTask });
export const discardEvents = defineWork('event-store.discard', { body: DiscardTask });
export const discardRegistry = defineWork('app-registry.discard', { body: DiscardTask });
export const discardContents = defineWork('contents.discard', { body: DiscardTask });
export const discardAssets = defineWork('assets.discard', { body: DiscardTask });

/** What a segment or task did. Counts are of this segment; the saga adds them up. */
export const SegmentResult = z.object({
  events: z.number().int().min(0).default(0),
  assets: z.number().int().min(0).default(0),
  /** Asset files that events brought and that are not there any more: neither in `assets`, nor ever silent. */
  lostAssets: z.number().int().min(0).default(0),
  /** Bytes written (export) or read (import). */
  bytes: z.number().min(0).default(0),
  /** Things a person should know: a missing asset, a contributor who was dropped. At most 100 lines, `moreWarnings` counts the rest. */
  warnings: z.array(z.string()).default([]),
  moreWarnings: z.number().int().default(0),
  /** Import: SHA-256 over the bytes read, and over the rows read back; see backup/archive. */
  digest: z.string().optional(),
  /** Export: how much of it was there from before. */
  reused: z.object({ events: z.number().int().min(0), assets: z.number().int().min(0) }).optional(),
  /** Assembly: what has come of it; `root` is the digest over all that is in the archive. */
  archive: z.object({ size: z.number().int().min(0), root: z.string() }).optional(),
  /** Rebuild: objects alive by kind, for the report. */
  objects: z.record(z.string(), z.number().int()).optional(),
  /** Compare: objects compared with live rows, with folds of the live log, and what differs. */
  comparison: z.object({ rows: z.number().int(), folds: z.number().int(), differences: z.array(z.string()), moreDifferences: z.number().int() }).optional(),
});
export type SegmentResult = z.infer<typeof SegmentResult>;

/** From a participant's worker to the saga. */
export const segmentDone = defineWork('backup.segment-done', {
  body: z.object({ jobId: z.string(), segment: z.string(), token: z.string(), result: SegmentResult }),
  maxAttempts: 20,
});

/** The last attempt failed too; the saga decides. Sent by the worker before it gives the message up to the dead letters. */
export const segmentFailed = defineWork('backup.segment-failed', {
  body: z.object({
    jobId: z.string(),
    segment: z.string(),
    token: z.string(),
    error: z.object({ kind: z.string(), code: z.string(), message: z.string() }),
  }),
  maxAttempts: 20,
});

/** Asked before each costly step of a segment: a worker stops early when its job was cancelled or its token is old. */
export const segmentAlive = defineRequest('backup.segment-alive', {
  body: z.object({
    jobId: z.string(),
    segment: z.string(),
    token: z.string(),
    /** Nothing but a sign of life: whoever sends it doesn't stop at the answer, and asks again when it can. */
    beat: z.boolean().optional(),
    /** How far the attempt is, where a job has but this one task. */
    handled: z.object({ events: z.number().int().min(0), assets: z.number().int().min(0) }).optional(),
  }),
  reply: z.object({ alive: z.boolean() }),
  deadlineMs: 10_000,
});

/** Read once, right after the cut is fixed. */
export const snapshotRegistry = defineRequest('app-registry.snapshot', {
  body: z.object({ appId: z.string(), jobId: z.string() }),
  reply: RegistrySnapshot,
});

export const snapshotAssets = defineRequest('assets.snapshot', {
  body: z.object({ appId: z.string(), jobId: z.string() }),
  reply: AssetsSnapshot,
});

/** E-mails of the users among `ids` that this installation knows; unknown ids are left out. */
export const resolveUsers = defineRequest('app-registry.resolve-users', {
  body: z.object({ ids: z.array(z.string()) }),
  reply: z.object({ users: z.record(z.string(), z.string()) }),
});

/** Which of the e-mails belong to users of this installation, without regard to case. For reports: nothing is reserved. */
export const matchUsers = defineRequest('app-registry.match-users', {
  body: z.object({ emails: z.array(z.string()) }),
  reply: z.object({ known: z.array(z.string()) }),
});

/**
 * Restore: the archive's settings and users. Each e-mail is looked up (without regard to case); a missing user is reserved under
 * the job where `createUsers` allows it. `users` maps the archive's user ids to this installation's; ids left out can't be mapped.
 */
export const importRegistry = defineRequest('app-registry.import', {
  body: z.object({
    jobId: z.string(),
    appId: z.string(),
    settings: z.string(),
    users: z.record(z.string(), z.string()),
    createUsers: z.boolean(),
    /** The archive's avatar, as an object of the archive store; it is copied into the asset store. */
    avatar: z.object({ key: z.string(), size: z.number() }).optional(),
  }),
  reply: z.object({
    users: z.record(z.string(), z.string()),
    /** E-mails of the users that were reserved for this job. */
    created: z.array(z.string()),
    /** Base URL of this installation's assets, with a slash at its end; that of the app is it with the app's name and a slash behind. */
    urls: z.object({ assets: z.string() }),
  }),
});

/** Restore: the archive's tags, counts as they were. */
export const importAssetMetadata = defineRequest('assets.import', {
  body: z.object({
    jobId: z.string(),
    appId: z.string(),
    tags: z.string(),
    aliases: z.string().optional(),
  }),
  reply: z.object({}),
});

/** Makes a restored app's users real and the app visible under its name, in one step; may be repeated. */
export const takeName = defineRequest('app-registry.take-name', {
  body: z.object({ name: z.string(), appId: z.string(), holder: z.string() }),
  reply: z.object({}),
});
/** Error `apps.name-taken` (conflict) when another holds or has it. The same holder may ask again. */
export const reserveName = defineRequest('app-registry.reserve-name', {
  body: z.object({ name: z.string(), appId: z.string(), holder: z.string() }),
  reply: z.object({}),
});
export const releaseName = defineRequest('app-registry.release-name', {
  body: z.object({ name: z.string(), appId: z.string(), holder: z.string() }),
  reply: z.object({}),
});
