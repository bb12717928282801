import type { Fault } from './plan.js';

export type Moment = 'before' | 'after';

/** The call throws: before, nothing happened; after, it happened and the answer is lost. */
export function failing(moment: Moment, error: () => Error): Fault {
  return {
    [moment]: () => {
      throw error();
    },
  };
}

/** The process ends as by `kill -9`: before the call, or when it has happened and nobody knows. */
export function crashing(moment: Moment): Fault {
  return { [moment]: () => void process.kill(process.pid, 'SIGKILL') };
}
