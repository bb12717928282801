import { DEFAULT_LIMITS, HIGHEST_WRITTEN_RATIO, type ReadLimits } from '@reprise/backup-archive';
import { z } from 'zod';
import { baseUrl, bytes, DAY, duration, GIB, KIB, MIB, port, url, wholeNumber } from './values.js';

/** Where the gateway listens and how others reach it. */
export const addressSettings = {
  PORT: port().default(8080),
  REPRISE_BASE_URL: baseUrl('must be an address such as https://cms.example.com, without query').optional(),
};

/** The installation's own client. */
export const rootClientSettings = {
  REPRISE_ROOT_CLIENT_ID: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+$/, 'must consist of letters, digits, dots, dashes and underscores')
    .default('root'),
  REPRISE_ROOT_CLIENT_SECRET: z.string().optional(),
};

/** `areHosts` tells whether all of them can be allowed. */
export const backupSettings = (areHosts: (hosts: string[]) => boolean) => ({
  REPRISE_MAX_BACKUPS_PER_APP: wholeNumber(1, 100_000, 'must be a whole number, 1 or more').default(10),
  REPRISE_RESTORE_ALLOWED_HOSTS: z
    .string()
    .transform((text) => text.split(/[\s,;]+/).filter(Boolean))
    .refine(areHosts, 'must be hosts, addresses or ranges such as 10.0.0.0/8, separated by commas')
    .default([]),
  REPRISE_LINK_TTL: duration().default(30 * DAY),
});

/** Which client a user of the broker is; `parse` throws what is wrong with the text. */
export const brokerClientSettings = <Clients>(parse: (text: string) => Clients) => ({
  REPRISE_AMQP_CLIENTS: z.string().default('').transform(parse),
});

/** Of what answers callers: how long it keeps them waiting while a service is away. */
export const patienceSettings = {
  REPRISE_PATIENCE: duration().default(30),
};

/** Of archives that are read, and of what goes into the log, which archives must hold. */
export const limitSettings = {
  // A thread that reads events has memory for several of the largest, as text.
  REPRISE_MAX_EVENT_BYTES: bytes(64 * KIB, 32 * MIB, 'must be a size from 64 KiB to 32 MiB').default(DEFAULT_LIMITS.maxEventBytes),
  REPRISE_MAX_ENTRY_RATIO: wholeNumber(HIGHEST_WRITTEN_RATIO, 2_000, `must be a whole number from ${HIGHEST_WRITTEN_RATIO} to 2000`).default(
    DEFAULT_LIMITS.maxRatio,
  ),
  REPRISE_MAX_ARCHIVE_BYTES: bytes(64 * KIB, 8_192 * GIB, 'must be a size from 64 KiB to 8192 GiB').default(DEFAULT_LIMITS.maxArchiveBytes),
  REPRISE_MAX_ENTRIES: wholeNumber(1, 1_000_000_000, 'must be a whole number from 1 to 1000000000').default(DEFAULT_LIMITS.maxEntries),
};

/** Of a process that works on archives: more than it has cores only costs. */
export const threadSettings = {
  REPRISE_ARCHIVE_THREADS: wholeNumber(1, 64, 'must be a whole number from 1 to 64').optional(),
};

export function limitsOf(settings: {
  REPRISE_MAX_EVENT_BYTES: number;
  REPRISE_MAX_ENTRY_RATIO: number;
  REPRISE_MAX_ARCHIVE_BYTES: number;
  REPRISE_MAX_ENTRIES: number;
}): ReadLimits {
  return {
    maxEntries: settings.REPRISE_MAX_ENTRIES,
    maxArchiveBytes: settings.REPRISE_MAX_ARCHIVE_BYTES,
    maxEventBytes: settings.REPRISE_MAX_EVENT_BYTES,
    maxRatio: settings.REPRISE_MAX_ENTRY_RATIO,
  };
}

export function baseUrlOf(settings: { PORT: number; REPRISE_BASE_URL?: string | undefined }): string {
  return settings.REPRISE_BASE_URL ?? `http://localhost:${settings.PORT}`;
}

/** Where the engines are that the services of a cluster share. */
export const engineSettings = {
  REPRISE_AMQP_URL: url(/^amqps?:$/, 'must be an address such as amqp://user:password@host:5672'),
  REPRISE_MONGODB_URL: url(/^mongodb(\+srv)?:$/, 'must be an address such as mongodb://host:27017/?replicaSet=rs0'),
  REPRISE_S3_ENDPOINT: baseUrl('must be an address such as https://s3.example.com'),
  REPRISE_S3_ACCESS_KEY: z.string(),
  REPRISE_S3_SECRET_KEY: z.string(),
  REPRISE_S3_REGION: z.string().default('us-east-1'),
  /** Names exchanges, queues, databases and buckets, so that installations can share engines. */
  REPRISE_INSTALLATION: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be up to 31 lower case letters, digits and dashes, with a letter first')
    .default('reprise'),
};
