import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LinkSignature } from '@reprise/contracts';

/** Lets whoever holds it download one archive until `expires` (seconds since 1970). */
export function signLink(secret: Uint8Array, jobId: string, appId: string, expires: number): LinkSignature {
  return { expires, signature: digest(secret, jobId, appId, expires).toString('base64url') };
}

export function isValidLink(secret: Uint8Array, jobId: string, appId: string, link: LinkSignature, now: Date): boolean {
  const expected = digest(secret, jobId, appId, link.expires);
  const given = Buffer.from(link.signature, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected) && link.expires * 1_000 > now.getTime();
}

function digest(secret: Uint8Array, jobId: string, appId: string, expires: number): Buffer {
  return createHmac('sha256', secret).update(`${jobId}.${appId}.${expires}`).digest();
}

/** A download link, taken apart; undefined for any other URL. Its host doesn't matter: an installation has several names, inside and outside. */
export function parseLink(url: string): { jobId: string; appId: string; link: LinkSignature } | undefined {
  if (!URL.canParse(url)) return undefined;
  const { pathname, searchParams } = new URL(url);
  const jobId = /\/api\/apps\/(?:jobs|backups|[^/]+\/backups)\/([0-9a-f-]{36})\/?$/i.exec(pathname)?.[1];
  const query = new Map([...searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  const appId = query.get('appid');
  const expires = Number(query.get('expires'));
  const signature = query.get('signature');
  if (!jobId || !appId || !signature || !Number.isSafeInteger(expires)) return undefined;
  return { jobId, appId, link: { expires, signature } };
}
