import { isRepriseError, RepriseError } from '@reprise/kernel';

/** Whatever is wrong with a URL or what it answers. The URL itself is not in the message: it may carry secrets. */
export function downloadFailed(why: string, cause?: unknown): RepriseError {
  return new RepriseError('invalid', 'restores.download-failed', `Cannot download the archive: ${why}.`, { cause });
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  UND_ERR_SOCKET: 'closed the connection before the end',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'sent another number of bytes than it had announced',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'stopped sending',
  UND_ERR_HEADERS_OVERFLOW: 'answered with headers that are too large',
};

/** An error of the HTTP client in words, without what it may hold of the URL. */
export function connectionFailed(host: string, error: unknown): RepriseError {
  if (isRepriseError(error)) return error;
  const { code = '', message = '', name } = error as NodeJS.ErrnoException;
  const tls = code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || /certificate|self.signed/i.test(message);
  const reason =
    REASONS[code] ??
    (tls ? 'has no valid certificate' : code.startsWith('HPE_') || name === 'HTTPParserError' ? 'does not speak HTTP' : 'ended the connection with an error');
  return downloadFailed(`the server ${host} ${reason}`, error);
}
