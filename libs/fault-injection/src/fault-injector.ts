import { type Call, type Fault, noFaults, type Plan } from './plan.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Stands between ports and whoever calls them. A plan decides what befalls each call; without one all pass. Methods may answer promises (of
 * streams, too) or async iterables; others pass untouched, as do calls that an adapter makes to itself.
 */
export class FaultInjector {
  private plan: Plan = noFaults;
  private counts = new Map<string, number>();
  private index = 0;
  private readonly wrapped = new WeakMap<object, object>();

  /** From now on the plan decides; calls are counted anew. */
  begin(plan: Plan): void {
    this.plan = plan;
    this.counts = new Map();
    this.index = 0;
  }

  /** From now on all calls pass. */
  end(): void {
    this.begin(noFaults);
  }

  /** How often each `port.method` was called since the plan began. */
  get calls(): ReadonlyMap<string, number> {
    return this.counts;
  }

  /** Calls of all ports since the plan began. */
  get total(): number {
    return this.index;
  }

  /** What stands in for a port. It is of the port's class, and its parts (objects among its members) are stood in for as well. */
  around<Port extends object>(name: string, port: Port): Port {
    const known = this.wrapped.get(port);
    if (known) return known as Port;
    const methods = new Map<PropertyKey, Method>();
    const standIn = new Proxy(port, {
      get: (target, member) => {
        const value: unknown = Reflect.get(target, member, target);
        if (typeof value === 'object' && value !== null) return this.around(`${name}.${String(member)}`, value);
        if (typeof value !== 'function' || member === 'constructor') return value;
        let method = methods.get(member);
        if (!method) methods.set(member, (method = this.method(name, String(member), target, value as Method)));
        return method;
      },
    });
    this.wrapped.set(port, standIn);
    return standIn;
  }

  private method(port: string, method: string, target: object, original: Method): Method {
    return (...args) => {
      // An iterable does nothing before it is asked, so it can be looked at before the fate of the call is known.
      if (isGeneratorFunction(original)) return this.iterate(this.decide(port, method, args), () => original.apply(target, args) as AsyncIterable<unknown>);
      const fault = this.decide(port, method, args);
      if (!fault) return original.apply(target, args);
      return this.call(fault, () => original.apply(target, args));
    };
  }

  private decide(port: string, method: string, args: unknown[]): Fault | undefined {
    const key = `${port}.${method}`;
    const nth = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, nth);
    const call: Call = { port, method, nth, index: ++this.index, args };
    return this.plan(call);
  }

  private async call(fault: Fault, original: () => unknown): Promise<unknown> {
    await fault.before?.();
    const result = await original();
    try {
      await fault.after?.();
    } catch (error) {
      // Nobody will ever read it.
      if (isDestroyable(result)) result.destroy();
      throw error;
    }
    return result;
  }

  private async *iterate(fault: Fault | undefined, original: () => AsyncIterable<unknown>): AsyncGenerator<unknown> {
    await fault?.before?.();
    yield* original();
    await fault?.after?.();
  }
}

function isGeneratorFunction(method: Method): boolean {
  return Object.prototype.toString.call(method) === '[object AsyncGeneratorFunction]';
}

function isDestroyable(value: unknown): value is { destroy(): void } {
  return typeof value === 'object' && value !== null && 'destroy' in value && typeof value.destroy === 'function';
}
