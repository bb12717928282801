import type { BroadcastContract, FactContract, RequestContract, WorkContract } from '@reprise/contracts';
import { newId, RepriseError } from '@reprise/kernel';
import { MessageBus, type EnqueueOptions, type RequestOptions, type SendOptions } from './bus.js';
import type { Envelope, Transport } from './transport.js';

/** The bus over a transport: bodies become JSON bytes, replies are checked by their schema, errors come back as they were thrown. */
export class TypedBus extends MessageBus {
  constructor(private readonly transport: Transport) {
    super();
  }

  async request<Body, Reply>(contract: RequestContract<Body, Reply>, body: Body, options: RequestOptions = {}): Promise<Reply> {
    const answer = await this.transport.request(envelope(contract, body, options), options.deadlineMs ?? contract.deadlineMs);
    if ('error' in answer) throw RepriseError.fromBody(answer.error);
    const reply = contract.reply.safeParse(parseBody(answer.body));
    if (reply.success) return reply.data;
    throw new RepriseError('internal', 'message.reply-invalid', `The reply to ${contract.name} is not what was agreed. The services' versions may not fit.`, {
      cause: reply.error,
    });
  }

  async enqueue<Body>(contract: WorkContract<Body>, body: Body, options: EnqueueOptions = {}): Promise<void> {
    await this.transport.enqueue(envelope(contract, body, options), options.delayMs ?? 0);
  }

  async publish<Body>(contract: FactContract<Body>, body: Body, options: SendOptions = {}): Promise<void> {
    await this.transport.publish(envelope(contract, body, options));
  }

  async broadcast<Body>(contract: BroadcastContract<Body>, body: Body, options: SendOptions = {}): Promise<void> {
    await this.transport.broadcast(envelope(contract, body, options));
  }
}

export function encodeBody(body: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(body) ?? 'null');
}

export function parseBody(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as unknown;
}

function envelope(contract: { name: string; version: number }, body: unknown, options: SendOptions): Envelope {
  return {
    name: contract.name,
    version: contract.version,
    messageId: newId(),
    correlationId: options.correlationId ?? newId(),
    ...(options.causationId === undefined ? {} : { causationId: options.causationId }),
    body: encodeBody(body),
  };
}
