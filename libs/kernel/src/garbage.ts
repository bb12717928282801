import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes far above what events of usual size leave between two collections of V8's own. */
const GROWTH = 48 * 1024 ** 2;

let collect: (() => void) | undefined;
let before = 0;

/**
 * To be called after each piece of work that may have been on large texts. Parsing and copying one leaves garbage of several times its size,
 * which V8 lets lie until the heap has doubled: a few of the largest events would take a gigabyte. Where this thread's memory has not grown
 * by `growth` bytes since the last time, that is some microseconds.
 */
export function collectGarbage(growth = GROWTH): void {
  if (used() - before < growth) return;
  collect ??= exposed();
  collect();
  before = used();
}

function used(): number {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
  return heap + buffers;
}

/** V8's own collector, of this thread. */
function exposed(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
