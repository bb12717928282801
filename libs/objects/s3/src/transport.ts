import * as http from 'node:http';
import * as https from 'node:https';
import { ServerTrouble } from './s3-errors.js';

/** Statuses on which the client would throw away what the server said, or go on by itself. */
const TROUBLE = [408, 429, 499, 500, 502, 503, 504, 520];

export interface Timeouts {
  /** Milliseconds without a byte after which a connection counts as broken. */
  idle: number;
  /** The same for what the server does alone: copies, and putting parts together. */
  serverSide: number;
}

export type Request = typeof http.request;

/** Node's own requests, but that they end when nothing comes any more, and that a server in trouble is told from one that refuses. */
export function transport(secure: boolean, timeouts: Timeouts): { request: Request } {
  const send = secure ? https.request : http.request;
  const request = (options: http.RequestOptions, taken: (response: http.IncomingMessage) => void) => {
    const outgoing = send({ ...options, timeout: isServerSide(options) ? timeouts.serverSide : timeouts.idle }, (response) => {
      if (!TROUBLE.includes(response.statusCode ?? 0)) return taken(response);
      // Read to the end, or the connection would never be free again.
      response.on('error', () => undefined).resume();
      outgoing.emit('error', new ServerTrouble(response.statusCode!));
    });
    outgoing.on('timeout', () => outgoing.destroy(timedOut()));
    return outgoing;
  };
  return { request: request as Request };
}

export function timedOut(): Error {
  return Object.assign(new Error('Nothing came from the server for too long.'), { code: 'ETIMEDOUT' });
}

function isServerSide({ method, headers }: http.RequestOptions): boolean {
  return method === 'POST' || (headers !== undefined && 'x-amz-copy-source' in headers);
}
