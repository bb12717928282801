import type { BodyOf, Contract, RequestContract } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import { MessageBus, type RequestOptions } from '@reprise/messaging-core';

/** For tests: services as the interface sees them, an answer to each message. */
export class Services extends MessageBus {
  readonly received: { name: string; body: Record<string, unknown>; options: RequestOptions | undefined }[] = [];
  private readonly answers = new Map<string, (body: never) => unknown>();

  on<C extends Contract>(contract: C, answer: (body: BodyOf<C>) => unknown): void {
    this.answers.set(contract.name, answer);
  }

  /** What was asked of one of them. */
  of({ name }: { name: string }): Record<string, unknown>[] {
    return this.received.filter((message) => message.name === name).map(({ body }) => body);
  }

  async request<Body, Reply>(contract: RequestContract<Body, Reply>, body: Body, options?: RequestOptions): Promise<Reply> {
    this.received.push({ name: contract.name, body: body as Record<string, unknown>, options });
    const answer = this.answers.get(contract.name);
    if (!answer) throw new RepriseError('unavailable', 'messaging.unroutable', `Nobody answers ${contract.name}.`);
    return (await answer(contract.body.parse(body) as never)) as Reply;
  }
  async enqueue(): Promise<void> {}
  async publish(): Promise<void> {}
  async broadcast(): Promise<void> {}
}
