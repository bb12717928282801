import { Connection, DeadLetterQueue } from '@reprise/amqp';
import * as contracts from '@reprise/contracts';
import { SilentLogger } from '@reprise/kernel';
import { within, type DeadLetter } from '@reprise/messaging-core';
import { RabbitTransport } from '@reprise/messaging-rabbitmq';
import { CommandError, ExitCode } from './exit-codes.js';

export interface Broker {
  amqpUrl?: string;
  installation: string;
}

/** The queue of the AMQP interface, as operators know it. */
export const REQUESTS_QUEUE = 'requests';
const REACHED_WITHIN_MS = 10_000;
/** Those that hear of facts. */
const GROUPS = ['amqp', 'app-registry', 'assets', 'backup', 'contents', 'event-store', 'gateway'];

/** Keeps why the broker could not be reached. */
class LastReason extends SilentLogger {
  reason = '';

  override warn(_message?: string, fields: Record<string, unknown> = {}): void {
    if (typeof fields['reason'] === 'string') this.reason = fields['reason'];
  }
}

/** What was given up on a broker: the works and facts of the services, and the requests of others. */
export class BrokerLetters {
  private constructor(
    private readonly transport: RabbitTransport,
    private readonly connection: Connection,
    private readonly requests: DeadLetterQueue,
  ) {}

  /** Errors: usage when there is no address, unreachable when nobody answers there. */
  static async open({ amqpUrl, installation }: Broker): Promise<BrokerLetters> {
    if (!amqpUrl || !URL.canParse(amqpUrl)) {
      throw new CommandError(ExitCode.usage, 'No address of the message broker. Set REPRISE_AMQP_URL, or give --amqp-url, such as amqp://user:password@host/.');
    }
    const logger = new LastReason();
    const address = { urls: [amqpUrl], name: 'reprise dead-letters' };
    const transport = new RabbitTransport({ ...address, prefix: installation }, logger);
    const connection = new Connection(address, logger);
    const opened = Promise.all([transport.start([]), connection.channel({ confirm: false }, async () => {})]);
    opened.catch(() => undefined);
    const letters = new BrokerLetters(transport, connection, new DeadLetterQueue(connection, contracts.requestsOf(installation), 'wayBack'));
    try {
      await within(REACHED_WITHIN_MS, opened, () => {
        throw new CommandError(ExitCode.unreachable, `The message broker can't be reached: ${logger.reason}`);
      });
      return letters;
    } catch (error) {
      await letters.close();
      throw error;
    }
  }

  /** How many there are, of each queue that has some. */
  async count(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const queue of knownQueues()) {
      const { length } = await this.list(queue);
      if (length > 0) counts.set(queue, length);
    }
    return counts;
  }

  async list(queue: string): Promise<DeadLetter[]> {
    if (queue !== REQUESTS_QUEUE) return this.transport.listDead(queue);
    const letters = await this.requests.list();
    return letters.map(({ messageId, error, at }) => ({ messageId, name: queue, attempts: 1, error, failures: [], at }));
  }

  /** Those of that id, or all; how many there were. */
  async requeue(queue: string, messageId: string | undefined): Promise<number> {
    if (queue === REQUESTS_QUEUE) return messageId === undefined ? this.requests.requeueAll() : this.requests.requeue(messageId);
    const ids = messageId === undefined ? (await this.list(queue)).map((letter) => letter.messageId) : [messageId];
    let count = 0;
    for (const id of ids) if (await this.transport.requeueDead(queue, id)) count++;
    return count;
  }

  async close(): Promise<void> {
    await Promise.all([this.transport.stop(0), this.connection.close()]);
  }
}

function knownQueues(): string[] {
  const all = contracts.contractsOf(contracts);
  const works = all.filter(({ channel }) => channel === 'work').map(({ name }) => name);
  const facts = all.filter(({ channel }) => channel === 'fact').flatMap(({ name }) => GROUPS.map((group) => `${name}@${group}`));
  return [REQUESTS_QUEUE, ...works, ...facts];
}
