import { appendEvents, segmentAlive, type AppendCommand, type FactContract, type RequestContract, type WorkContract } from '@reprise/contracts';
import type { EventLog } from '@reprise/event-store-core';
import { MessageBus } from '@reprise/messaging-core';

/** The way to the log without a transport; what is enqueued or published is kept for the test to look at. */
export class DirectBus extends MessageBus {
  readonly enqueued: { name: string; body: unknown }[] = [];
  readonly published: { name: string; body: unknown }[] = [];
  /** What a worker hears when it asks whether its segment is still wanted. */
  alive = true;
  /** Runs before or instead of an append. */
  failAppend?: (append: () => Promise<unknown>) => Promise<never>;

  private readonly answers = new Map<string, (body: never) => unknown>();

  constructor(private readonly log: EventLog) {
    super();
  }

  /** In place of another service. */
  on<Body, Reply>(contract: RequestContract<Body, Reply>, answer: (body: Body) => Reply): void {
    this.answers.set(contract.name, answer);
  }

  async request<Body, Reply>(contract: RequestContract<Body, Reply>, body: Body): Promise<Reply> {
    if (contract.name === segmentAlive.name) return { alive: this.alive } as Reply;
    const answer = this.answers.get(contract.name);
    if (answer) return answer(body as never) as Reply;
    if (contract.name !== appendEvents.name) throw new Error(`Nobody answers ${contract.name} here.`);
    const append = () => this.log.append(body as AppendCommand);
    return (await (this.failAppend ? this.failAppend(append) : append())) as Reply;
  }

  async enqueue<Body>(contract: WorkContract<Body>, body: Body): Promise<void> {
    this.enqueued.push({ name: contract.name, body });
  }

  async publish<Body>(contract: FactContract<Body>, body: Body): Promise<void> {
    this.published.push({ name: contract.name, body });
  }

  async broadcast(): Promise<void> {}
}
