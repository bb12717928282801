import type { Moment } from './faults.js';
import type { Fault } from './plan.js';

/** Holds calls until it is opened; from then on it lets all pass. */
export class Gate {
  private readonly arrival = Promise.withResolvers<void>();
  private readonly opening = Promise.withResolvers<void>();

  /** Resolves when a call has come so far. */
  get reached(): Promise<void> {
    return this.arrival.promise;
  }

  open(): void {
    this.opening.resolve();
  }

  holding(moment: Moment): Fault {
    return {
      [moment]: () => {
        this.arrival.resolve();
        return this.opening.promise;
      },
    };
  }
}
