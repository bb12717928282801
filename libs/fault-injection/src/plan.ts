import { seededRandom } from './random.js';

/** A call of a port, from outside. */
export interface Call {
  /** The port's name; of a part of it: `RegistryStore.names`. */
  port: string;
  method: string;
  /** Which call of this method of this port it is, from 1. */
  nth: number;
  /** Which call of all that were made since the plan began, from 1. */
  index: number;
  args: readonly unknown[];
}

/** What befalls a call. What `before` throws is thrown in its place: nothing happened. What `after` throws hides its result: it happened all the same. */
export interface Fault {
  before?(): void | Promise<void>;
  after?(): void | Promise<void>;
}

/** Decides each call's fate; undefined lets it be. */
export type Plan = (call: Call) => Fault | undefined;

export const noFaults: Plan = () => undefined;

/** Names calls. As plain data it can travel to another process. */
export interface Point {
  port: string;
  method: string;
  /** Only calls whose arguments, as JSON, hold this text. */
  containing?: string;
  /** The n-th of them, from 1; the first if absent. */
  nth?: number;
}

/** The fault at one call. */
export function atPoint({ port, method, containing, nth = 1 }: Point, fault: Fault): Plan {
  let seen = 0;
  return (call) => {
    if (call.port !== port || call.method !== method) return undefined;
    if (containing !== undefined && !JSON.stringify(call.args).includes(containing)) return undefined;
    return ++seen === nth ? fault : undefined;
  };
}

/** What the first plan says that says something; all are asked. */
export function firstOf(...plans: readonly Plan[]): Plan {
  return (call) => plans.map((plan) => plan(call)).find((fault) => fault !== undefined);
}

/** The fault at the `index`-th of all calls, from 1. */
export function atIndex(index: number, fault: Fault): Plan {
  return (call) => (call.index === index ? fault : undefined);
}

/**
 * One of the faults at each call with this probability (0 to 1). A call's fate follows from the seed, its method and its number alone:
 * however calls race, the third `save` fails or not.
 */
export function atRandom(seed: number, probability: number, faults: readonly Fault[]): Plan {
  return ({ port, method, nth }) => {
    const random = seededRandom(`${seed} ${port}.${method} ${nth}`);
    return random() < probability ? faults[Math.floor(random() * faults.length)] : undefined;
  };
}
