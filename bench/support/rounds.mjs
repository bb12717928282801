export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Seconds that `run` takes. */
export async function seconds(run) {
  const started = performance.now();
  await run();
  return (performance.now() - started) / 1_000;
}

/**
 * Takes turns: `rounds` times all of the candidates, one after the other, so that a machine that slows down slows all of them. A candidate answers what it
 * measured, a number. The answer: for each name its numbers, one a round.
 */
export async function interleaved(rounds, say, candidates) {
  const figures = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [name, run] of Object.entries(candidates)) {
      const value = await run(round);
      figures[name].push(value);
      say(`${round}. ${name}: ${value.toFixed(2)}`);
    }
  }
  return figures;
}

/** Of two candidates' numbers: the median of the first by the median of the second. */
export function ratioOf(figures, name, reference) {
  return median(figures[name]) / median(figures[reference]);
}

export function perSecond(count, time) {
  return Math.round(count / time).toLocaleString('en');
}
