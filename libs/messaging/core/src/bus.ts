import type { BroadcastContract, FactContract, RequestContract, WorkContract } from '@reprise/contracts';

export interface SendOptions {
  /** Ties together all that follows from one request of a person. Made anew if absent. */
  correlationId?: string;
  /** The message that caused this one. */
  causationId?: string;
}

export interface RequestOptions extends SendOptions {
  /** Milliseconds from now; the contract's own if absent. An expired request is never run. */
  deadlineMs?: number;
}

export interface EnqueueOptions extends SendOptions {
  /** Not delivered before so many milliseconds have passed. */
  delayMs?: number;
}

/**
 * How services talk to each other: typed by contracts, carried by a {@link Transport}. An abstract class, so that it names
 * itself where it is injected.
 */
export abstract class MessageBus {
  /** The reply, or the error that the handler threw (kinds and codes survive). `unavailable` when nobody answers in time; whether it may have been done says `leavesOutcomeUnknown`. */
  abstract request<Body, Reply>(contract: RequestContract<Body, Reply>, body: Body, options?: RequestOptions): Promise<Reply>;
  /** Resolves once the message is durable (RabbitMQ: confirmed; in-process: accepted, its truth is in the job store). */
  abstract enqueue<Body>(contract: WorkContract<Body>, body: Body, options?: EnqueueOptions): Promise<void>;
  abstract publish<Body>(contract: FactContract<Body>, body: Body, options?: SendOptions): Promise<void>;
  abstract broadcast<Body>(contract: BroadcastContract<Body>, body: Body, options?: SendOptions): Promise<void>;
}
