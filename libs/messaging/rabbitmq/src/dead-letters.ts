import { DeadLetterQueue, type Connection } from '@reprise/amqp';
import type { DeadLetter } from '@reprise/messaging-core';
import type { Names } from './names.js';
import { toDelivery } from './properties.js';
import type { Publisher } from './publisher.js';

/** What was given up, by the queues' names that operators know. */
export class DeadLetters {
  private readonly queues = new Map<string, DeadLetterQueue>();

  constructor(
    private readonly connection: Connection,
    private readonly names: Names,
    private readonly publisher: Publisher,
  ) {}

  async list(queue: string): Promise<DeadLetter[]> {
    const letters = await this.of(queue).list();
    return letters.map(({ messageId, error, at, message }) => {
      const { name, attempt, failures = [] } = toDelivery(message, nameOf(queue));
      return { messageId, name, attempts: attempt, error, failures, at };
    });
  }

  async requeue(queue: string, messageId: string): Promise<boolean> {
    return (await this.of(queue).requeue(messageId)) > 0;
  }

  private of(queue: string): DeadLetterQueue {
    let letters = this.queues.get(queue);
    if (!letters) {
      const origin = this.names.queueKnownAs(queue);
      letters = new DeadLetterQueue(this.connection, origin, (message) => this.publisher.toQueue(origin, toDelivery(message, nameOf(queue)), { attempt: 1 }));
      this.queues.set(queue, letters);
    }
    return letters;
  }
}

function nameOf(queue: string): string {
  return queue.split('@')[0]!;
}
