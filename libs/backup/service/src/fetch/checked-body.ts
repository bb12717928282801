import { STATUS_CODES } from 'node:http';
import { type Clock, RepriseError } from '@reprise/kernel';
import type { Dispatcher } from 'undici';
import { connectionFailed, downloadFailed } from './download-errors.js';
import type { Download, DownloadLimits } from './downloader.js';
import type { IdleTimer } from './idle-timer.js';

interface Checks {
  host: string;
  limits: DownloadLimits;
  clock: Clock;
  idle: IdleTimer;
  signal: AbortSignal;
}

/** The answer as bytes of an archive; what is none is refused by name, as early as it shows. */
export function checkedBody(response: Dispatcher.ResponseData, checks: Checks): Download {
  const { statusCode, headers } = response;
  if (statusCode !== 200) {
    throw new RepriseError(
      'invalid',
      'restores.download-failed',
      `Cannot download the archive. Got status code ${statusCode}: ${STATUS_CODES[statusCode] ?? 'unknown'}.`,
    );
  }
  if (
    String(headers['content-type'] ?? '')
      .toLowerCase()
      .includes('html')
  )
    throw isHtml();
  // We asked for the bytes as they are. What is packed again could unpack to anything.
  const encoding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding !== 'identity') throw downloadFailed(`the server ${checks.host} packed it once more (content encoding ${encoding.slice(0, 20)})`);
  const size = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  if (size !== undefined && size > checks.limits.maxBytes) throw tooLarge(checks.limits);
  return { ...(size === undefined ? {} : { size }), body: bytes(response.body, size, checks) };
}

async function* bytes(body: AsyncIterable<Uint8Array>, size: number | undefined, { host, limits, clock, idle, signal }: Checks): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  let total = 0;
  const started = clock.elapsed();
  let window = { start: started, bytes: 0 };
  try {
    for (;;) {
      const next = await idle.during(chunks.next());
      if (next.done) break;
      const chunk = next.value;
      if (total === 0) refuseOther(chunk);
      total += chunk.length;
      if (total > limits.maxBytes) throw tooLarge(limits);
      window.bytes += chunk.length;
      if (clock.elapsed() - started > limits.maxMs) throw downloadFailed(`it took longer than the ${limits.maxMs / 1_000} seconds that are allowed`);
      const elapsed = clock.elapsed() - window.start;
      if (elapsed >= limits.slowMs) {
        if ((window.bytes * 1_000) / elapsed < limits.minBytesPerSecond) {
          throw downloadFailed(`the server ${host} sends less than ${limits.minBytesPerSecond} bytes per second`);
        }
        window = { start: clock.elapsed(), bytes: 0 };
      }
      yield chunk;
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (idle.signal.aborted) throw downloadFailed(`the server ${host} stopped sending after ${total} bytes`);
    throw connectionFailed(host, error);
  }
  if (total === 0) throw downloadFailed(`the server ${host} answered without any byte`);
  if (size !== undefined && total !== size) throw downloadFailed(`the server ${host} announced ${size} bytes and sent ${total}`);
}

/** Nobody needs a gigabyte to see that it is no ZIP. */
function refuseOther(first: Uint8Array): void {
  const start = Buffer.from(first.subarray(0, 256)).toString('latin1').trimStart().toLowerCase();
  if (start.startsWith('<!doctype') || start.startsWith('<html')) throw isHtml();
  if (start.slice(0, 2) !== 'pk'.slice(0, first.length)) {
    throw new RepriseError('invalid', 'archive.no-zip', 'The URL answered something that is no ZIP file. Use the address of a backup archive.');
  }
}

function isHtml(): RepriseError {
  return downloadFailed('the URL answered a web page (HTML), not an archive. Use the direct link of the download, it may need a sign-in');
}

function tooLarge(limits: DownloadLimits): RepriseError {
  return downloadFailed(`it is larger than the ${limits.maxBytes} bytes that are allowed`);
}
