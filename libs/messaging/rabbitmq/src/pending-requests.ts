import type { Message } from 'amqplib';
import { interrupted } from '@reprise/amqp';
import type { Answer } from '@reprise/messaging-core';
import { toAnswer } from './properties.js';

/** A request that takes longer may have lost whoever took it. */
const LONG_MS = 1_000;
const LOOK_MS = 500;

interface Pending {
  name: string;
  since: number;
  answer: PromiseWithResolvers<Answer>;
}

/**
 * Requests that wait for their answers. The broker keeps a request only while somebody answers its kind: when the last process that does is gone, so is
 * every request that it had, and nobody says so. So one that takes long is asked after.
 */
export class PendingRequests {
  private readonly all = new Map<string, Pending>();
  private timer: NodeJS.Timeout | undefined;

  /** `isAnswered`: whether anybody answers requests of that name. */
  constructor(private readonly isAnswered: (name: string) => Promise<boolean>) {}

  get size(): number {
    return this.all.size;
  }

  /** Resolves with its answer; rejects with `messaging.interrupted` when none can come any more. */
  add(id: string, name: string): Promise<Answer> {
    const answer = Promise.withResolvers<Answer>();
    this.all.set(id, { name, since: performance.now(), answer });
    this.timer ??= setInterval(() => void this.look(), LOOK_MS).unref();
    return answer.promise;
  }

  remove(id: string): void {
    this.all.delete(id);
    if (this.all.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  settle(message: Message): void {
    this.all.get(String(message.properties.correlationId))?.answer.resolve(toAnswer(message));
  }

  /** None of them can be answered any more. */
  lose(error: Error = interrupted()): void {
    for (const { answer } of this.all.values()) answer.reject(error);
  }

  private async look(): Promise<void> {
    const before = performance.now() - LONG_MS;
    const late = [...this.all.values()].filter(({ since }) => since < before);
    for (const name of new Set(late.map((pending) => pending.name))) {
      // A broker that is away for a moment says nothing of the services.
      if (await this.isAnswered(name).catch(() => true)) continue;
      for (const pending of late) if (pending.name === name) pending.answer.reject(interrupted());
    }
  }
}
