import { join, resolve } from 'node:path';
import { z } from 'zod';

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
}

/** Each line names a setting and what it should be; never what it is, which may be a secret. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`These settings are not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

const SECONDS: Record<string, number> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 };
const DURATION = /^(\d{1,9}) *(s|m|h|d)?(?:ec(?:ond)?s?|in(?:ute)?s?|ours?|ays?)?$/;
/** A host name, an address or a CIDR range, with IPv6 in brackets or not. */
const HOST = /^(\[?[0-9a-f:.]+\]?(\/\d{1,3})?|[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?)$/i;

const wholeNumber = (from: number, to: number, what: string) =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= from && Number(text) <= to, what)
    .transform(Number);

const Settings = z.object({
  PORT: wholeNumber(1, 65_535, 'must be a port, 1 to 65535').default(8080),
  REPRISE_DATA_DIR: z.string().default('./data'),
  REPRISE_ARCHIVE_DIR: z.string().optional(),
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
    .refine((hosts) => hosts.every((host) => HOST.test(host)), 'must be hosts, addresses or ranges such as 10.0.0.0/8, separated by commas')
    .default([]),
  REPRISE_LINK_TTL: z
    .string()
    .refine((text) => secondsOf(text) !== undefined, 'must be a duration such as 30d, 12h, 90m or a number of seconds')
    .transform((text) => secondsOf(text)!)
    .default(30 * 86_400),
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
  };
}

function isBaseUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
}

function secondsOf(text: string): number | undefined {
  const match = DURATION.exec(text.toLowerCase());
  const seconds = match ? Number(match[1]) * SECONDS[match[2] ?? '']! : 0;
  return seconds > 0 ? seconds : undefined;
}
