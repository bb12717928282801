import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Contract } from '@reprise/contracts';
import { RepriseError, toRepriseError, type ErrorBody, type Logger } from '@reprise/kernel';
import { encodeBody, parseBody, type Delivery, type Subscription, type Transport } from '@reprise/messaging-core';
import { isObservable, lastValueFrom } from 'rxjs';
import { assertHandlers } from './assert-handlers.js';
import type { DeadContext, HandlerExtras } from './handlers.js';
import type { MessageContext } from './message-context.js';

const DEFAULT_CONCURRENCY = 2;

export interface MessagingStrategyOptions {
  /** Each request and work among them must have exactly one handler here. */
  contracts?: readonly Contract[];
  logger: Logger;
  /** What others in this process listen to over the same transport, without being Nest's handlers. */
  subscriptions?: readonly Subscription[];
}

/** Nest's handlers over any transport: collects them into subscriptions, checks bodies by their contracts, passes errors on as they are. */
export class MessagingStrategy extends Server implements CustomTransportStrategy {
  private readonly handlers: { handler: MessageHandler; extras: HandlerExtras }[] = [];

  constructor(
    private readonly carrier: Transport,
    private readonly options: MessagingStrategyOptions,
  ) {
    super();
  }

  /** Nest would chain the handlers of one event and run them as one: each is a subscription of its own here. */
  override addHandler(_pattern: unknown, handler: MessageHandler, _isEventHandler = false, extras: Record<string, unknown> = {}): void {
    this.handlers.push({ handler, extras: extras as unknown as HandlerExtras });
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    await this.carrier.stop();
  }

  on(): never {
    throw new Error('The messaging strategy emits no events.');
  }

  unwrap<T>(): T {
    return this.carrier as T;
  }

  private async start(): Promise<void> {
    const subscriptions = [...this.handlers.map((entry) => this.subscription(entry)), ...(this.options.subscriptions ?? [])];
    assertHandlers(this.options.contracts ?? [], subscriptions);
    await this.carrier.start(subscriptions);
  }

  private subscription({ handler, extras }: { handler: MessageHandler; extras: HandlerExtras }): Subscription {
    const { contract, concurrency, group, dead } = extras;
    const { name } = contract;
    const handle = async (delivery: Delivery) => void (await this.call(handler, contract, delivery, contextOf(delivery)));
    switch (contract.channel) {
      case 'request':
        return { channel: 'request', name, handle: (delivery) => this.answer(handler, contract, delivery) };
      case 'work':
        return {
          channel: 'work',
          name,
          concurrency: concurrency ?? DEFAULT_CONCURRENCY,
          maxAttempts: contract.maxAttempts,
          handle,
          ...(dead
            ? {
                dead: async (delivery: Delivery, error: ErrorBody) =>
                  void (await this.call(handler, contract, delivery, { ...contextOf(delivery), dead: error })),
              }
            : {}),
        };
      case 'fact':
        return { channel: 'fact', name, group: group!, handle };
      case 'broadcast':
        return { channel: 'broadcast', name, handle };
    }
  }

  private async answer(handler: MessageHandler, contract: Contract, delivery: Delivery): Promise<{ body: Uint8Array } | { error: ErrorBody }> {
    try {
      return { body: encodeBody((await this.call(handler, contract, delivery, contextOf(delivery))) ?? {}) };
    } catch (thrown) {
      const error = toRepriseError(thrown);
      if (error.kind === 'internal')
        this.options.logger.error('A request failed.', { name: contract.name, correlationId: delivery.correlationId, cause: error.cause ?? error });
      return { error: error.toBody() };
    }
  }

  private async call(handler: MessageHandler, contract: Contract, delivery: Delivery, context: MessageContext | DeadContext): Promise<unknown> {
    let result: unknown = await handler(checked(contract, delivery), context);
    while (isObservable(result)) result = await lastValueFrom(result, { defaultValue: undefined });
    return result;
  }
}

function contextOf({ messageId, correlationId, causationId, attempt }: Delivery): MessageContext {
  return { messageId, correlationId, attempt, ...(causationId === undefined ? {} : { causationId }) };
}

function checked(contract: Contract, delivery: Delivery): unknown {
  let body: unknown;
  try {
    body = parseBody(delivery.body);
  } catch (cause) {
    throw new RepriseError('invalid', 'message.invalid', `The body of ${contract.name} is no JSON.`, { cause });
  }
  const result = contract.body.safeParse(body);
  if (result.success) return result.data;
  const details = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new RepriseError('invalid', 'message.invalid', `The body of ${contract.name} is not what was agreed.`, { details });
}
