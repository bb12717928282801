import type { BroadcastContract, Contract, FactContract, RequestContract, WorkContract } from '@reprise/contracts';
import { type ErrorBody, toRepriseError } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';

/** A bus without a broker: messages as JSON, works in the background without delay, one try each before they are dead. */
export class LoopBus extends MessageBus {
  readonly handlers = new Map<string, (body: never) => Promise<unknown>>();
  private readonly mourners = new Map<string, (body: never, error: ErrorBody) => Promise<void>>();
  readonly sent: string[] = [];
  /** Works that are queued or run. */
  protected busy = 0;
  private epoch = 0;
  private gate: Promise<void> = Promise.resolve();
  private openGate: () => void = () => undefined;
  /** Works that run, and those that wait for their turn, by contract. */
  private readonly lines = new Map<string, { running: number; waiting: (() => void)[] }>();

  /** How many works of a kind run at once, as with so many workers; the others wait in order. */
  constructor(private readonly atOnce = Infinity) {
    super();
  }

  /** `dead` hears of a work that failed; without it nobody does. */
  on<Body>(contract: { name: string } & Contract, handler: (body: Body) => Promise<unknown>, dead?: (body: Body, error: ErrorBody) => Promise<void>): void {
    this.handlers.set(contract.name, handler);
    if (dead) this.mourners.set(contract.name, dead);
  }

  async request<Body, Reply>(contract: RequestContract<Body, Reply>, body: Body): Promise<Reply> {
    this.sent.push(contract.name);
    return contract.reply.parse(await this.run(contract.name, contract.body.parse(JSON.parse(JSON.stringify(body)))));
  }

  async enqueue<Body>(contract: WorkContract<Body>, body: Body): Promise<void> {
    this.sent.push(contract.name);
    const copy = contract.body.parse(JSON.parse(JSON.stringify(body)));
    const { epoch } = this;
    this.busy++;
    setImmediate(() => void this.work(contract.name, copy, epoch));
  }

  async publish<Body>(contract: FactContract<Body>): Promise<void> {
    this.sent.push(contract.name);
  }
  async broadcast<Body>(contract: BroadcastContract<Body>, body: Body): Promise<void> {
    contract.body.parse(JSON.parse(JSON.stringify(body)));
  }

  /** Works wait until {@link release}, as they do before a transport is started. */
  hold(): void {
    this.gate = new Promise((open) => (this.openGate = open));
  }

  release(): void {
    this.openGate();
  }

  /** What is queued or at work is lost, as when the process dies. */
  forget(): void {
    this.epoch++;
    this.busy = 0;
  }

  /** Resolves when no work is queued or running. */
  async idle(): Promise<void> {
    while (this.busy > 0) await new Promise((done) => setTimeout(done, 5));
  }

  private async work(name: string, body: unknown, epoch: number): Promise<void> {
    await this.gate;
    if (epoch !== this.epoch) return;
    await this.turn(name);
    if (epoch !== this.epoch) return this.passTurn(name);
    try {
      await this.run(name, body);
    } catch (error) {
      if (epoch === this.epoch) await this.mourners.get(name)?.(body as never, toRepriseError(error).toBody());
    }
    this.passTurn(name);
    if (epoch === this.epoch) this.busy--;
  }

  private async turn(name: string): Promise<void> {
    const line = this.lines.get(name) ?? { running: 0, waiting: [] };
    this.lines.set(name, line);
    if (line.running < this.atOnce) line.running++;
    else await new Promise<void>((called) => line.waiting.push(called));
  }

  private passTurn(name: string): void {
    const line = this.lines.get(name)!;
    const next = line.waiting.shift();
    if (next) next();
    else line.running--;
  }

  private async run(name: string, body: unknown): Promise<unknown> {
    const handler = this.handlers.get(name);
    if (!handler) throw new Error(`Nobody handles ${name}.`);
    return handler(body as never);
  }
}
