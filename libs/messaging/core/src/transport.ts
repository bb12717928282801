import { RepriseError, type ErrorBody } from '@reprise/kernel';

/** A message as it travels: bytes with what is told about them. */
export interface Envelope {
  /** The contract's name and version. */
  name: string;
  version: number;
  messageId: string;
  correlationId: string;
  causationId?: string;
  body: Uint8Array;
  /** Set when the body lies in the {@link ClaimStore} under this key, and is empty here. */
  claim?: string;
}

export interface Delivery extends Envelope {
  /** 1 for the first time. Counted by us, not by the broker. */
  attempt: number;
  /** What the attempts before came to, see {@link FailedAttempt}. */
  failures?: readonly FailedAttempt[];
}

/** Kept of the last ten attempts at a work or fact, oldest first. */
export interface FailedAttempt {
  attempt: number;
  code: string;
  /** Its beginning. */
  message: string;
}

/** What a request came to: the reply's bytes, or the error that the handler threw. */
export type Answer = { body: Uint8Array; claim?: string } | { error: ErrorBody };

interface Consumer {
  name: string;
  /** Resolves after all effects are stored; only then is a work acknowledged. */
  handle(delivery: Delivery): Promise<void>;
}

export interface RequestSubscription {
  channel: 'request';
  name: string;
  handle(delivery: Delivery): Promise<Answer>;
}
export interface WorkSubscription extends Consumer {
  channel: 'work';
  /** How many may run at once in this process. */
  concurrency: number;
  maxAttempts: number;
  /** The last attempt failed, or its error can't be mended by another: told before the message goes to the dead letters. */
  dead?(delivery: Delivery, error: ErrorBody): Promise<void>;
}
export interface FactSubscription extends Consumer {
  channel: 'fact';
  /** Each group gets one copy, whatever the number of its processes. */
  group: string;
}
export interface BroadcastSubscription extends Consumer {
  channel: 'broadcast';
}
export type Subscription = RequestSubscription | WorkSubscription | FactSubscription | BroadcastSubscription;

/** Facts taken in at once by a group in a process. */
const FACT_CONCURRENCY = 8;

/** How many of these may run at once in a process. */
export function concurrencyOf(subscription: WorkSubscription | FactSubscription): number {
  return subscription.channel === 'work' ? subscription.concurrency : FACT_CONCURRENCY;
}

/** How long a stop waits for what is in hand, unless it is told otherwise. */
export const STOP_GRACE_MS = 5_000;

/** What readiness probes and metrics ask. */
export interface TransportHealth {
  /** All of the below is as it should be: what is sent goes out, and what is subscribed to comes in. */
  ready: boolean;
  connected: boolean;
  consuming: boolean;
  /** Why the broker takes nothing for now. */
  blocked?: string;
  /** Since the start, by name; what a transport doesn't count is absent. */
  counts: Readonly<Record<string, number>>;
}

export interface DeadLetter {
  messageId: string;
  /** The message's name. */
  name: string;
  attempts: number;
  error: ErrorBody;
  /** Of the last attempt too. Fewer than there were when a process died in one. */
  failures: readonly FailedAttempt[];
  /** When it was given up. */
  at: string;
}

/** Names the queue of a work or of a fact's group towards operators: `service.verb`, or `service.verb@group`. */
export function queueOf(subscription: WorkSubscription | FactSubscription): string {
  return subscription.channel === 'work' ? subscription.name : `${subscription.name}@${subscription.group}`;
}

/**
 * What carries messages. Nothing is ever shared between sender and receiver: bodies are bytes, and a handler never runs within its
 * sender's call. Errors, all `unavailable`: `messaging.unroutable` when nobody listens to a request or work, `messaging.timeout` when no
 * answer came in time, `messaging.interrupted` when who took it is gone, `messaging.late` when
 * who took it stood still and so didn't do it, `messaging.stopped`, `messaging.unreachable` when the broker took nothing, `messaging.blocked` when it said that it won't.
 */
export abstract class Transport {
  /** Once, with all subscriptions of the process. What was sent before waits, requests no longer than their deadline. */
  abstract start(subscriptions: readonly Subscription[]): Promise<void>;
  /**
   * Takes no new work, lets what is in hand finish (which may still send and be answered) or hands it back after `graceMs`, then closes.
   * May be called again, and without a start.
   */
  abstract stop(graceMs?: number): Promise<void>;

  abstract health(): TransportHealth;

  /** An expired request is never run, be it that a process stood still while it came; and none is run twice. */
  abstract request(envelope: Envelope, deadlineMs: number): Promise<Answer>;
  /** Resolves once the message is safe; runs at least once, not before `delayMs` have passed. */
  abstract enqueue(envelope: Envelope, delayMs: number): Promise<void>;
  /** To each group at least once, tried again like works. Nobody has to listen. */
  abstract publish(envelope: Envelope): Promise<void>;
  /** To each process that listens, at most once. */
  abstract broadcast(envelope: Envelope): Promise<void>;

  /** For the operator: what was given up of a queue (see {@link queueOf}), oldest first, at most 1,000. */
  abstract listDead(queue: string): Promise<DeadLetter[]>;
  /** Puts one back with its attempts counted anew; false if there is none of that id. */
  abstract requeueDead(queue: string, messageId: string): Promise<boolean>;
}

export function unroutable(name: string): RepriseError {
  return new RepriseError('unavailable', 'messaging.unroutable', `Nobody listens to ${name}. The service that does is not running: start it and try again.`);
}

export function timedOut(name: string): RepriseError {
  return new RepriseError(
    'unavailable',
    'messaging.timeout',
    `${name} was not answered in time. It may have been done all the same: look before trying again.`,
  );
}

export function transportStopped(): RepriseError {
  return new RepriseError('unavailable', 'messaging.stopped', 'The program is stopping. Try again once it has started.');
}
