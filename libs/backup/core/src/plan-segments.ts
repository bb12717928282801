export interface PositionRange {
  /** Both included. */
  from: number;
  to: number;
}

/** Positions in a block, the unit in which a log tells its sizes. */
export const BLOCK = 1_000;

/** A fragment of about 10 to 30 MB: large enough to be copied as one part, small enough to be done again. */
export const EXPORT_BOUNDS = { maxEvents: 20_000, maxBytes: 32 * 1024 * 1024 };

/** The next backup makes at most so many events again that it had: whole blocks, a fraction of a segment. */
export const FRAGMENT_EVENTS = 4_000;

/**
 * Events of an import's segments, whole blocks: short enough that a person sees an import move, and no more than some 30 of them, since each costs the
 * orchestrator the same. What a worker that dies has to do again stays within 20,000 events.
 */
export function importEventsOf(total: number): number {
  const blocks = Math.ceil(total / 30 / BLOCK);
  return Math.min(20, Math.max(2, blocks)) * BLOCK;
}

/**
 * Bounds of export segments, a pure function of the log, so that they are the same at each backup: whole blocks, merged while they
 * stay within both bounds. Only the last, open one changes as the log grows. A block larger than the bounds stands alone.
 */
export function planExport(blockSizes: readonly number[], cut: number, bounds: { maxEvents: number; maxBytes: number } = EXPORT_BOUNDS): PositionRange[] {
  const ranges: PositionRange[] = [];
  let from = 1;
  let bytes = 0;
  for (let block = 0; block * BLOCK < cut; block++) {
    const start = block * BLOCK + 1;
    const end = start + BLOCK - 1;
    const size = blockSizes[block] ?? 0;
    // The decision to close looks at whole blocks only, never at the cut: else an open segment would close elsewhere later.
    if (start > from && (end - from + 1 > bounds.maxEvents || bytes + size > bounds.maxBytes)) {
      ranges.push({ from, to: start - 1 });
      from = start;
      bytes = 0;
    }
    bytes += size;
  }
  if (from <= cut) ranges.push({ from, to: cut });
  return ranges;
}

/** The ranges of a segment's fragments. All but the one that ends at the cut are the same at each backup from then on, like those of closed segments. */
export function splitSegment({ from, to }: PositionRange): PositionRange[] {
  const ranges: PositionRange[] = [];
  for (let start = from; start <= to; start += FRAGMENT_EVENTS) ranges.push({ from: start, to: Math.min(to, start + FRAGMENT_EVENTS - 1) });
  return ranges;
}
