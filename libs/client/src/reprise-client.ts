import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfirmChannel, Message } from 'amqplib';
import { ConfirmedPublisher, Connection } from '@reprise/amqp';
import {
  ERROR_TYPE,
  factsOf,
  publicFacts,
  PublicError,
  publicRequests,
  publicType,
  requestsOf,
  type PublicBody,
  type PublicJob,
  type PublicReply,
  type PublicRequestKey,
} from '@reprise/contracts';
import { newId, RepriseError, SilentLogger, type Logger } from '@reprise/kernel';

export interface ClientOptions {
  /** `amqp://user:password@host:port/vhost`. The user is who asks. */
  url: string;
  /** As operators see the connection. */
  name?: string;
  /** Hears of this app alone: for a user of the broker who may not hear of others. */
  app?: string;
  /** The installation's name, when it has another one than `reprise`. */
  installation?: string;
  logger?: Logger;
}

export interface AskOptions {
  /** The same for a repeat, which then has no further effect. Made anew if absent. */
  messageId?: string;
  /** How long an answer is waited for; a request that nobody took by then never runs. 30 s if absent. */
  timeoutMs?: number;
}

const REPLIES = 'amq.rabbitmq.reply-to';
const TIMEOUT_MS = 30_000;
/** Facts tell at once; those that were told while the connection was lost are made up for by asking. */
const ASKED_EVERY_MS = 15_000;

/**
 * Asks Reprise for backups and restores. Errors are those of the services, with their codes; `amqp.no-answer` when none came in time: ask again with
 * the same message id.
 */
export class RepriseClient {
  private readonly publisher = new ConfirmedPublisher();
  private readonly pending = new Map<string, (message: Message) => void>();
  /** By job: called at each fact of its end. */
  private readonly waiting = new Map<string, Set<() => void>>();
  private readonly user: string;
  /** Exchanges. */
  private readonly requests: string;
  private readonly facts: string;

  private constructor(
    private readonly connection: Connection,
    { url, installation }: ClientOptions,
  ) {
    this.requests = requestsOf(installation);
    this.facts = factsOf(installation);
    this.user = decodeURIComponent(new URL(url).username) || 'guest';
  }

  /** Waits for the broker as long as that takes. */
  static async connect(options: ClientOptions): Promise<RepriseClient> {
    const connection = new Connection({ urls: [options.url], name: options.name ?? 'reprise client' }, options.logger ?? new SilentLogger());
    const client = new RepriseClient(connection, options);
    try {
      await client.publisher.open(connection, (channel) => client.setUp(channel, options.app));
    } catch (error) {
      await connection.close();
      throw error;
    }
    return client;
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** Answered when the job is on disk. */
  startBackup(app: string, options?: AskOptions): Promise<{ jobId: string }> {
    return this.ask('backup.start', { app }, options);
  }

  /** A backup, or a restore. */
  async cancel(jobId: string, options?: AskOptions): Promise<void> {
    await this.ask('backup.cancel', { jobId }, options);
  }

  async backup(jobId: string, options?: AskOptions): Promise<PublicJob> {
    return (await this.ask('backup.get', { jobId }, options)).job;
  }

  startRestore(body: PublicBody<'restore.start'>, options?: AskOptions): Promise<{ jobId: string }> {
    return this.ask('restore.start', body, options);
  }

  async restore(jobId: string, options?: AskOptions): Promise<PublicJob> {
    return (await this.ask('restore.get', { jobId }, options)).job;
  }

  /** Resolves when the backup is completed, has failed, or is cancelled. */
  backupEnded(jobId: string): Promise<PublicJob> {
    return this.ended(jobId, () => this.backup(jobId));
  }

  /** Resolves when the restore is completed, has failed, or is cancelled. */
  restoreEnded(jobId: string): Promise<PublicJob> {
    return this.ended(jobId, () => this.restore(jobId));
  }

  private async ask<Key extends PublicRequestKey>(key: Key, body: PublicBody<Key>, options: AskOptions = {}): Promise<PublicReply<Key>> {
    const { messageId = newId(), timeoutMs = TIMEOUT_MS } = options;
    const correlationId = newId();
    const answer = new Promise<Message>((resolve) => this.pending.set(correlationId, resolve));
    const deadline = performance.now() + timeoutMs;
    try {
      const { routed } = await this.publisher.once(
        this.requests,
        key,
        Buffer.from(JSON.stringify(body)),
        {
          contentType: 'application/json',
          type: publicType(key),
          messageId,
          correlationId,
          userId: this.user,
          replyTo: REPLIES,
          expiration: Math.ceil(timeoutMs),
          mandatory: true,
          persistent: true,
        },
        timeoutMs,
      );
      if (!routed) throw noAnswer('Nobody takes requests: the gateway has never run on this broker.');
      const late = sleep(Math.max(deadline - performance.now(), 0), undefined, { ref: false });
      const message = await Promise.race([answer, late]);
      if (!message) throw noAnswer(`${key} was not answered in time. It may have been done all the same: ask again with the same message id.`);
      return replyOf(key, message);
    } finally {
      this.pending.delete(correlationId);
    }
  }

  private async ended(jobId: string, look: () => Promise<PublicJob>): Promise<PublicJob> {
    const waiting = this.waiting.get(jobId) ?? new Set();
    this.waiting.set(jobId, waiting);
    let wake = () => {};
    const wakeUp = () => wake();
    waiting.add(wakeUp);
    try {
      for (;;) {
        const told = new Promise<void>((resolve) => (wake = resolve));
        const job = await look();
        if (job.stopped !== undefined) return job;
        await Promise.race([told, sleep(ASKED_EVERY_MS, undefined, { ref: false })]);
      }
    } finally {
      waiting.delete(wakeUp);
      if (waiting.size === 0) this.waiting.delete(jobId);
    }
  }

  private async setUp(channel: ConfirmChannel, app: string | undefined): Promise<void> {
    await channel.consume(REPLIES, (message) => message && this.pending.get(String(message.properties.correlationId))?.(message), { noAck: true });
    const { queue } = await channel.assertQueue('', { exclusive: true, durable: false });
    for (const key of Object.keys(publicFacts)) await channel.bindQueue(queue, this.facts, app === undefined ? key : `${key}.${app}`);
    await channel.consume(queue, (message) => message && this.hear(message), { noAck: true });
  }

  private hear(message: Message): void {
    const { jobId } = JSON.parse(message.content.toString('utf8')) as { jobId: string };
    for (const wake of this.waiting.get(jobId) ?? []) wake();
  }
}

function replyOf<Key extends PublicRequestKey>(key: Key, { properties, content }: Message): PublicReply<Key> {
  const body: unknown = JSON.parse(content.toString('utf8'));
  if (properties.type !== ERROR_TYPE) return publicRequests[key].reply.parse(body) as PublicReply<Key>;
  const { kind, code, message, details } = PublicError.parse(body).error;
  throw new RepriseError(kind as RepriseError['kind'], code, message, details ? { details } : {});
}

function noAnswer(message: string): RepriseError {
  return new RepriseError('unavailable', 'amqp.no-answer', message);
}
