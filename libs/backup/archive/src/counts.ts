/** Counts by names that others chose. Nothing is inherited: `constructor` and `__proto__` are names like any other. */
export function noCounts(): Record<string, number> {
  return Object.create(null) as Record<string, number>;
}

/** `counts` come from {@link noCounts}. */
export function countIn(counts: Record<string, number>, name: string, count = 1): void {
  counts[name] = (counts[name] ?? 0) + count;
}
