import { z } from 'zod';

export const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];
export const [KIB, MIB, GIB] = [1024, 1024 ** 2, 1024 ** 3];

const DURATION = /^(\d{1,9}) *(?:(s|sec|seconds?)|(m|min|minutes?)|(h|hours?)|(d|days?))?$/;
/** A hundred years: beyond it dates end. */
const LONGEST_S = 36_500 * DAY;
const BYTES = /^(\d{1,9}) *(?:b|bytes?|(kib)|(mib)|(gib))?$/;

export const wholeNumber = (from: number, to: number, what: string) =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= from && Number(text) <= to, what)
    .transform(Number);

export const port = () => wholeNumber(1, 65_535, 'must be a port, 1 to 65535');

export const bytes = (from: number, to: number, what: string) =>
  z
    .string()
    .transform((text) => bytesOf(text) ?? NaN)
    .refine((count) => count >= from && count <= to, `${what}, in bytes or with KiB, MiB or GiB`);

/** In seconds. */
export const duration = () =>
  z
    .string()
    .refine((text) => secondsOf(text) !== undefined, 'must be a duration such as 30d, 12h, 90m or a number of seconds')
    .transform((text) => secondsOf(text)!);

/** Without a slash at its end. */
export const baseUrl = (what: string) =>
  z
    .string()
    .refine(isBaseUrl, what)
    .transform((text) => text.replace(/\/+$/, ''));

export const url = (protocols: RegExp, what: string) => z.string().refine((text) => protocols.test(URL.parse(text)?.protocol ?? ''), what);

function isBaseUrl(text: string): boolean {
  const parsed = URL.parse(text);
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.search === '' && parsed.hash === '' && parsed.username === '' && parsed.password === '';
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
