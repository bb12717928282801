import type { Job, SegmentKind, SegmentStage, SegmentState } from '@reprise/backup-core';
import { collection, type MongoModule } from '@reprise/mongodb';

/** A job is JSON text; the fields beside it are what it is found, counted and kept apart by. */
export interface JobDocument {
  _id: string;
  /** In order of their making. */
  seq: number;
  version: number;
  kind: Job['kind'];
  app: string;
  actor: string;
  key?: string;
  /** While the job runs: what only one job at a time may do. */
  exclusive?: string;
  /** Of a backup: how many backups its app had with it. Never used twice, see {@link AppDocument}. */
  ordinal?: number;
  needsWork: boolean;
  /** Of a backup: it has an archive, and so counts. */
  kept: boolean;
  body: string;
  /** The upload that it takes up, or {@link TURN}; there is no such job for anybody until it has it. */
  awaiting?: string;
  /** Changes of its segments that were stored with this version and may not be carried out yet, as JSON text. */
  pending?: string;
  /** Segments of earlier steps are forgotten, see {@link SegmentDocument}. */
  since?: number;
  lease?: { token: string; until: Date; wanted: boolean };
}

/** Jobs that are there: one that still waits for its upload is nobody's business yet. */
export const THERE = { awaiting: { $exists: false } };

export interface SegmentDocument {
  /** Job and segment. */
  _id: string;
  jobId: string;
  id: string;
  /** The version of the job that planned it, and its place among those planned with it. */
  planned: number;
  seq: number;
  stage: SegmentStage;
  kind: SegmentKind;
  from: number;
  to: number;
  state: SegmentState;
  attempts: number;
  /** The last change of the job's that it has seen, see `SegmentChanger`. */
  step: number;
  token?: string;
  given?: Date;
  renewed?: Date;
  events: number;
  assets: number;
  lostAssets: number;
  bytes: number;
  /** JSON texts. */
  result?: string;
  error?: string;
}

/** What a job waits for that must be the only one of its kind. */
export const TURN = 'turn';

/** What outlives an app's deleted backups: the highest of their ordinals. */
export interface AppDocument {
  _id: string;
  last: number;
}

export interface UploadDocument {
  /** Where it lies in the store. */
  _id: string;
  begun: Date;
  /** The job that has taken it up; it is confirmed then, or about to be. */
  takenBy?: string;
  givenUp?: boolean;
}

export interface CounterDocument {
  _id: string;
  value: number;
}

export interface SecretDocument {
  _id: string;
  value: string;
}

export const JOBS = 'backup_jobs';
export const SEGMENTS = 'backup_segments';
export const APPS = 'backup_apps';
export const UPLOADS = 'backup_uploads';
export const COUNTERS = 'backup_counters';
export const SECRETS = 'backup_secrets';

/** The database must have been opened with it. */
export const backupCollections: MongoModule = {
  [JOBS]: collection<JobDocument>(
    {
      _id: String,
      seq: Number,
      version: Number,
      kind: String,
      app: String,
      actor: String,
      key: String,
      exclusive: String,
      ordinal: Number,
      needsWork: Boolean,
      kept: Boolean,
      body: String,
      awaiting: String,
      pending: String,
      since: Number,
      lease: Object,
    },
    [
      [
        { actor: 1, key: 1 },
        { unique: true, partialFilterExpression: { key: { $exists: true } } },
      ],
      [{ exclusive: 1 }, { unique: true, sparse: true }],
      [
        { app: 1, ordinal: 1 },
        { unique: true, partialFilterExpression: { ordinal: { $exists: true } } },
      ],
      [{ app: 1, seq: -1 }],
      [{ seq: -1 }],
      [{ needsWork: 1, seq: -1 }],
      [{ awaiting: 1 }, { sparse: true }],
    ],
  ),
  [SEGMENTS]: collection<SegmentDocument>(
    {
      _id: String,
      jobId: String,
      id: String,
      planned: Number,
      seq: Number,
      stage: String,
      kind: String,
      from: Number,
      to: Number,
      state: String,
      attempts: Number,
      step: Number,
      token: String,
      given: Date,
      renewed: Date,
      events: Number,
      assets: Number,
      lostAssets: Number,
      bytes: Number,
      result: String,
      error: String,
    },
    [[{ jobId: 1, stage: 1, state: 1, planned: 1, seq: 1 }], [{ state: 1 }, { partialFilterExpression: { state: 'running' } }]],
  ),
  [APPS]: collection<AppDocument>({ _id: String, last: Number }),
  [UPLOADS]: collection<UploadDocument>({ _id: String, begun: Date, takenBy: String, givenUp: Boolean }, [[{ takenBy: 1 }, { sparse: true }]]),
  [COUNTERS]: collection<CounterDocument>({ _id: String, value: Number }),
  [SECRETS]: collection<SecretDocument>({ _id: String, value: String }),
};
