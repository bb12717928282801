import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { RepriseError } from '@reprise/kernel';
import { Client } from 'minio';
import { storageError } from './s3-errors.js';
import { type Timeouts, transport } from './transport.js';

export interface S3Options {
  /** `http://host:9000` or `https://…`, without a path. */
  endpoint: string;
  accessKey: string;
  secretKey: string;
  /** @default 'us-east-1', which servers of one's own take for theirs */
  region?: string;
  /** How long a request is repeated while the server doesn't answer. @default 10,000 */
  patienceMs?: number;
  timeouts?: Partial<Timeouts>;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;

/** One server as one of its users. Several stores may share it; what lies in stores that do is copied by the server itself. */
export class S3Connection {
  readonly timeouts: Timeouts;
  private readonly client: Client;
  private readonly agent: HttpAgent;
  private readonly patienceMs: number;

  /** Error `storage.address-invalid` (invalid). */
  constructor({ endpoint, accessKey, secretKey, region = 'us-east-1', patienceMs = 10_000, timeouts }: S3Options) {
    const { protocol, hostname, port } = parseEndpoint(endpoint);
    const secure = protocol === 'https:';
    this.patienceMs = patienceMs;
    this.timeouts = { idle: 60_000, serverSide: 600_000, ...timeouts };
    this.agent = secure ? new HttpsAgent({ keepAlive: true, maxFreeSockets: 32 }) : new HttpAgent({ keepAlive: true, maxFreeSockets: 32 });
    this.client = new Client({
      endPoint: hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      useSSL: secure,
      accessKey,
      secretKey,
      // Told, it isn't asked for: that would be a request more, and a right more.
      region,
      transport: transport(secure, this.timeouts),
      transportAgent: this.agent,
      // Its own repeats write to the console and know little of what went wrong.
      retryOptions: { disableRetry: true },
    });
  }

  /**
   * Asks what may be asked twice, again and again while the server can't be reached. `key` is named in errors: `objects.not-found`,
   * `objects.range-invalid`, `storage.full`, `storage.refused`, `storage.unreachable`.
   */
  async ask<Result>(key: string, question: (client: Client) => Promise<Result>): Promise<Result> {
    let deadline: number | undefined;
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      try {
        return await this.askOnce(key, question);
      } catch (error) {
        deadline ??= performance.now() + this.patienceMs;
        if ((error as RepriseError).code !== 'storage.unreachable' || performance.now() + wait > deadline) throw error;
      }
      // Not all at once when the server is back.
      await pause(wait * (0.5 + Math.random() / 2));
    }
  }

  /** For what must not be asked twice, and where no answer is no harm. Errors as of {@link ask}. */
  async askOnce<Result>(key: string, question: (client: Client) => Promise<Result>): Promise<Result> {
    try {
      return await question(this.client);
    } catch (error) {
      throw storageError(key, error);
    }
  }

  /** Idle connections; those in use end with what they are used for. */
  close(): void {
    this.agent.destroy();
  }
}

function parseEndpoint(endpoint: string): URL {
  const url = URL.parse(endpoint);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new RepriseError('invalid', 'storage.address-invalid', 'The address of the object store has to be http(s)://host:port, with nothing behind it.');
  }
  return url;
}
