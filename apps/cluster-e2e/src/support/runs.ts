/** How many faults a run injects: `REPRISE_FAULTS`, a few unless somebody has the time. */
export function faultCount(few = 10): number {
  const count = Number(process.env['REPRISE_FAULTS'] ?? few);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error('REPRISE_FAULTS must be a whole number, 1 or more.');
  return count;
}

/** Printed, so that a run that failed can be repeated. */
export function newSeed(): number {
  const seed = Number(process.env['REPRISE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  say(`REPRISE_SEED=${seed}`);
  return seed;
}

/** At once, also while a test runs. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
