import { seededRandom } from '@reprise/fault-injection';

/** How often something random is tried: as often as the environment's variable says, else `few` times. */
export function runsOf(variable: string, few: number): number {
  const given = Number(process.env[variable] ?? few);
  if (!Number.isSafeInteger(given) || given < 1) throw new Error(`${variable} must be a whole number, 1 or more.`);
  return given;
}

/** A seed that nobody chose, or the environment's `REPRISE_SEED`: printed, so that a run that failed can be repeated. */
export function newSeed(what: string): number {
  const seed = Number(process.env['REPRISE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`${what}: REPRISE_SEED=${seed}`);
  return seed;
}

/** `count` of the items, in their order; all, if there are no more. */
export function sampleOf<Item>(items: readonly Item[], count: number, seed: number): Item[] {
  const random = seededRandom(seed);
  let wanted = count;
  return items.filter((_, at) => {
    const taken = random() < wanted / (items.length - at);
    if (taken) wanted--;
    return taken;
  });
}
