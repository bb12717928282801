import type { RequestContract, WorkContract } from '@reprise/contracts';
import { LoopBus } from './loop-bus.js';

const LATE_MS = 200;

/** Delivers every message twice: the second time at once, or when all that the first led to may be over. */
export class DoublingBus extends LoopBus {
  private sentWorks = 0;

  /** The second answer is nobody's. */
  override async request<Body, Reply>(contract: RequestContract<Body, Reply>, body: Body): Promise<Reply> {
    const [first] = await Promise.allSettled([super.request(contract, body), super.request(contract, body)]);
    if (first.status === 'rejected') throw first.reason;
    return first.value;
  }

  override async enqueue<Body>(contract: WorkContract<Body>, body: Body): Promise<void> {
    await super.enqueue(contract, body);
    if (this.sentWorks++ % 2 === 0) return super.enqueue(contract, body);
    this.busy++;
    setTimeout(() => {
      this.busy--;
      void super.enqueue(contract, body);
    }, LATE_MS);
  }
}
