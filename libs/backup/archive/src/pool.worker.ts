/** Runs in the threads of the pool: one file, whose exports piscina finds by name. */
import { collectGarbage, toRepriseError, type ErrorBody } from '@reprise/kernel';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { movedWith } from './moving.js';
import { tasks, type Tasks } from './pool-tasks.js';

/** Errors lose kind and code on the way between threads, so they go as plain bodies. */
export type Outcome<Result> = { result: Result } | { error: ErrorBody };

/** There are several threads, each with garbage of its own. */
const GARBAGE = 16 * 1024 ** 2;

function guarded<Input extends object, Result extends object>(task: (input: Input) => Result): (input: Input) => Outcome<Result> {
  return (input) => {
    try {
      const result = task(input);
      // What arrives at the other side is the value alone.
      return move({ [valueSymbol]: { result }, [transferableSymbol]: movedWith(result) }) as never;
    } catch (error) {
      return { error: toRepriseError(error).toBody() };
    } finally {
      // Now, not when the collector comes: it takes megabytes outside of its heap for little.
      for (const memory of movedWith(input)) memory.transfer(0);
      collectGarbage(GARBAGE);
    }
  };
}

export const deflateEvents: (input: Parameters<Tasks['deflateEvents']>[0]) => Outcome<ReturnType<Tasks['deflateEvents']>> = guarded(tasks.deflateEvents);
export const inspectRun: (input: Parameters<Tasks['inspectRun']>[0]) => Outcome<ReturnType<Tasks['inspectRun']>> = guarded(tasks.inspectRun);
export const decodeRun: (input: Parameters<Tasks['decodeRun']>[0]) => Outcome<ReturnType<Tasks['decodeRun']>> = guarded(tasks.decodeRun);
