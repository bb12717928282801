import { join, resolve } from 'node:path';
import { DEFAULT_LIMITS, HIGHEST_WRITTEN_RATIO, type ReadLimits } from '@reprise/backup-archive';
import { AddressPolicy } from '@reprise/backup-service';
import { z } from 'zod';
import { isUsableFolder } from './folders.js';

/** Settings as the parts of the installation need them. */
export interface StandaloneConfig {
  port: number;
  dataDir: string;
  archiveDir: string;
  /** Without a slash at its end. */
  baseUrl: string;
  rootClientId: string;
  rootClientSecret?: string;
  maxBackupsPerApp: number;
  restoreAllowedHosts: string[];
  linkTtlSeconds: number;
  /** Of archives that are read, and of what goes into the log, which archives must hold. */
  limits: ReadLimits;
}

/** Each line names a setting and what it should be; never what it is, which may be a secret. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`These settings are not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

const DURATION = /^(\d{1,9}) *(?:(s|sec|seconds?)|(m|min|minutes?)|(h|hours?)|(d|days?))?$/;
const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];
/** A hundred years: beyond it dates end. */
const LONGEST_S = 36_500 * DAY;

const BYTES = /^(\d{1,9}) *(?:b|bytes?|(kib)|(mib)|(gib))?$/;
const [KIB, MIB, GIB] = [1024, 1024 ** 2, 1024 ** 3];

const bytes = (from: number, to: number, what: string) =>
  z
    .string()
    .transform((text) => bytesOf(text) ?? NaN)
    .refine((count) => count >= from && count <= to, `${what}, in bytes or with KiB, MiB or GiB`);

const wholeNumber = (from: number, to: number, what: string) =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= from && Number(text) <= to, what)
    .transform(Number);

const Settings = z.object({
  PORT: wholeNumber(1, 65_535, 'must be a port, 1 to 65535').default(8080),
  REPRISE_DATA_DIR: z.string().refine(isUsableFolder, 'must be a folder that may be written to').default('./data'),
  REPRISE_ARCHIVE_DIR: z.string().refine(isUsableFolder, 'must be a folder that may be written to').optional(),
  REPRISE_BASE_URL: z.string().refine(isBaseUrl, 'must be an address such as https://cms.example.com, without query').optional(),
  REPRISE_ROOT_CLIENT_ID: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+$/, 'must consist of letters, digits, dots, dashes and underscores')
    .default('root'),
  REPRISE_ROOT_CLIENT_SECRET: z.string().optional(),
  REPRISE_MAX_BACKUPS_PER_APP: wholeNumber(1, 100_000, 'must be a whole number, 1 or more').default(10),
  REPRISE_RESTORE_ALLOWED_HOSTS: z
    .string()
    .transform((text) => text.split(/[\s,;]+/).filter(Boolean))
    .refine(areHosts, 'must be hosts, addresses or ranges such as 10.0.0.0/8, separated by commas')
    .default([]),
  REPRISE_LINK_TTL: z
    .string()
    .refine((text) => secondsOf(text) !== undefined, 'must be a duration such as 30d, 12h, 90m or a number of seconds')
    .transform((text) => secondsOf(text)!)
    .default(30 * DAY),
  // A thread that reads events has memory for several of the largest, as text.
  REPRISE_MAX_EVENT_BYTES: bytes(64 * KIB, 32 * MIB, 'must be a size from 64 KiB to 32 MiB').default(DEFAULT_LIMITS.maxEventBytes),
  REPRISE_MAX_ENTRY_RATIO: wholeNumber(HIGHEST_WRITTEN_RATIO, 2_000, `must be a whole number from ${HIGHEST_WRITTEN_RATIO} to 2000`).default(
    DEFAULT_LIMITS.maxRatio,
  ),
  REPRISE_MAX_ARCHIVE_BYTES: bytes(64 * KIB, 8_192 * GIB, 'must be a size from 64 KiB to 8192 GiB').default(DEFAULT_LIMITS.maxArchiveBytes),
  REPRISE_MAX_ENTRIES: wholeNumber(1, 1_000_000_000, 'must be a whole number from 1 to 1000000000').default(DEFAULT_LIMITS.maxEntries),
});

/** Error {@link ConfigError} names every bad setting at once. An empty setting is one that isn't set. */
export function readConfig(env: NodeJS.ProcessEnv): StandaloneConfig {
  const given = Object.fromEntries(Object.keys(Settings.shape).flatMap((name) => (env[name]?.trim() ? [[name, env[name].trim()]] : [])));
  const result = Settings.safeParse(given);
  if (!result.success) throw new ConfigError(result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`));
  const settings = result.data;
  const dataDir = resolve(settings.REPRISE_DATA_DIR);
  return {
    port: settings.PORT,
    dataDir,
    archiveDir: settings.REPRISE_ARCHIVE_DIR ? resolve(settings.REPRISE_ARCHIVE_DIR) : join(dataDir, 'archives'),
    baseUrl: (settings.REPRISE_BASE_URL ?? `http://localhost:${settings.PORT}`).replace(/\/+$/, ''),
    rootClientId: settings.REPRISE_ROOT_CLIENT_ID,
    ...(settings.REPRISE_ROOT_CLIENT_SECRET ? { rootClientSecret: settings.REPRISE_ROOT_CLIENT_SECRET } : {}),
    maxBackupsPerApp: settings.REPRISE_MAX_BACKUPS_PER_APP,
    restoreAllowedHosts: settings.REPRISE_RESTORE_ALLOWED_HOSTS,
    linkTtlSeconds: settings.REPRISE_LINK_TTL,
    limits: {
      maxEntries: settings.REPRISE_MAX_ENTRIES,
      maxArchiveBytes: settings.REPRISE_MAX_ARCHIVE_BYTES,
      maxEventBytes: settings.REPRISE_MAX_EVENT_BYTES,
      maxRatio: settings.REPRISE_MAX_ENTRY_RATIO,
    },
  };
}

function isBaseUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
}

function secondsOf(text: string): number | undefined {
  const match = DURATION.exec(text.toLowerCase());
  if (!match) return undefined;
  const [, count, , minutes, hours, days] = match;
  const seconds = Number(count) * (minutes ? MINUTE : hours ? HOUR : days ? DAY : 1);
  return seconds > 0 && seconds <= LONGEST_S ? seconds : undefined;
}

function bytesOf(text: string): number | undefined {
  const match = BYTES.exec(text.toLowerCase());
  if (!match) return undefined;
  const [, count, kib, mib, gib] = match;
  return Number(count) * (kib ? KIB : mib ? MIB : gib ? GIB : 1);
}

function areHosts(hosts: string[]): boolean {
  try {
    return Boolean(new AddressPolicy(hosts));
  } catch {
    return false;
  }
}
