import { type Clock, isRepriseError } from '@reprise/kernel';
import { Agent, request } from 'undici';
import type { AddressPolicy } from './address-policy.js';
import { checkedBody } from './checked-body.js';
import { connectionFailed, downloadFailed } from './download-errors.js';
import { IdleTimer } from './idle-timer.js';
import { checkedAddresses, pinned, resolveBySystem, type Resolve } from './resolve.js';

export interface DownloadLimits {
  maxBytes: number;
  maxRedirects: number;
  /** No answer, or no byte, for so long is given up. */
  idleMs: number;
  /** So is all of it after so long. */
  maxMs: number;
  /** So is less than `minBytesPerSecond` over so long. */
  slowMs: number;
  minBytesPerSecond: number;
}

export const DOWNLOAD_LIMITS: Omit<DownloadLimits, 'maxBytes'> = {
  maxRedirects: 5,
  idleMs: 20_000,
  maxMs: 24 * 60 * 60 * 1_000,
  slowMs: 30_000,
  minBytesPerSecond: 1_024,
};

export interface Download {
  /** As announced, if it was. */
  size?: number;
  body: AsyncIterable<Uint8Array>;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Fetches an archive by http or https from hosts that the policy allows, in bounded time and size. */
export class Downloader {
  constructor(
    private readonly policy: AddressPolicy,
    private readonly clock: Clock,
    private readonly limits: DownloadLimits,
    private readonly resolve: Resolve = resolveBySystem,
  ) {}

  /** `use` reads the body; the connection is closed when it is done. Errors: `restores.download-failed`, `archive.*` (invalid). */
  async fetch<T>(url: string, signal: AbortSignal, use: (download: Download) => Promise<T>): Promise<T> {
    let at = parseUrl(url);
    for (let redirects = 0; ; redirects++) {
      if (redirects > this.limits.maxRedirects) throw downloadFailed(`it was redirected more than ${this.limits.maxRedirects} times`);
      const next = await this.visit(at, signal, use);
      if ('result' in next) return next.result;
      at = next.redirect;
    }
  }

  private async visit<T>(url: URL, signal: AbortSignal, use: (download: Download) => Promise<T>): Promise<{ result: T } | { redirect: URL }> {
    const idle = new IdleTimer(this.limits.idleMs);
    const addresses = await checkedAddresses(url, this.policy, this.resolve);
    const agent = new Agent({ connect: { lookup: pinned(addresses), timeout: this.limits.idleMs }, pipelining: 0 });
    try {
      const response = await idle.during(
        request(withoutCredentials(url), {
          dispatcher: agent,
          signal: AbortSignal.any([signal, idle.signal]),
          headers: { accept: 'application/zip, */*', 'accept-encoding': 'identity', ...authorization(url) },
          headersTimeout: 0,
          bodyTimeout: 0,
        }),
      );
      // What comes after the connection was given up concerns nobody.
      response.body.on('error', () => undefined);
      if (REDIRECTS.has(response.statusCode)) return { redirect: redirectOf(url, response.headers['location']) };
      return { result: await use(checkedBody(response, { host: url.host, limits: this.limits, clock: this.clock, idle, signal })) };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (isRepriseError(error)) throw error;
      if (idle.signal.aborted) throw downloadFailed(`the server ${url.host} sent nothing for ${this.limits.idleMs / 1_000} seconds`);
      throw connectionFailed(url.host, error);
    } finally {
      await agent.destroy();
    }
  }
}

/** Error `restores.download-failed`, when it is no URL that may be fetched. */
export function parseUrl(url: string, base?: URL): URL {
  if (!URL.canParse(url, base?.href)) throw downloadFailed('the URL is not valid');
  const parsed = new URL(url, base);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') throw downloadFailed('only http and https URLs are allowed');
  return parsed;
}

function redirectOf(url: URL, location: string | string[] | undefined): URL {
  if (typeof location !== 'string') throw downloadFailed(`the server ${url.host} redirects to nowhere`);
  return parseUrl(location, url);
}

function withoutCredentials(url: URL): URL {
  const plain = new URL(url);
  plain.username = plain.password = '';
  return plain;
}

/** User and password of this URL alone; they don't follow a redirect. */
function authorization(url: URL): Record<string, string> {
  if (!url.username && !url.password) return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
