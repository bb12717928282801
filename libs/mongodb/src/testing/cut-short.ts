import { engineAway, failing, FaultInjector, type Moment, type Plan } from '@reprise/fault-injection';
import type { MongoDatabase } from '../mongo-database.js';

const WRITES = new Set(['insertOne', 'insertMany', 'updateOne', 'updateMany', 'replaceOne', 'findOneAndUpdate', 'deleteOne', 'deleteMany', 'bulkWrite']);

/** The `nth` write of all collections fails, from 1. `reached` is told when it comes so far. */
function atWrite(nth: number, moment: Moment, reached: () => void): Plan {
  let writes = 0;
  return ({ method }) => {
    if (!WRITES.has(method) || ++writes !== nth) return undefined;
    reached();
    return failing(moment, engineAway);
  };
}

/** A store call as a process that is killed would leave it. */
export interface CutShort<Fixture> {
  /** What is there before: made anew for each cut, through a database that fails nothing. */
  arrange(): Promise<Fixture>;
  /** The call, through a database whose n-th write fails. */
  act(database: MongoDatabase, fixture: Fixture): Promise<unknown>;
  /** What must hold right afterwards, and once it was repeated or somebody else came next. */
  then(fixture: Fixture, cut: string): Promise<void>;
}

/** Cuts the call short at each of its writes, before and after it. Answers how many cuts that were. */
export async function cutAtEachWrite<Fixture>(database: MongoDatabase, { arrange, act, then }: CutShort<Fixture>): Promise<number> {
  const injector = new FaultInjector();
  const failingDatabase = {
    collection: (name: string) => injector.around(name, database.collection(name)),
  } as unknown as MongoDatabase;
  let cuts = 0;
  for (let nth = 1, reached = true; reached; nth++) {
    for (const moment of ['before', 'after'] as const) {
      const fixture = await arrange();
      reached = false;
      injector.begin(atWrite(nth, moment, () => (reached = true)));
      const failed = await act(failingDatabase, fixture).then(
        () => false,
        () => true,
      );
      injector.end();
      if (!reached) break;
      cuts++;
      if (!failed) throw new Error(`The call answered although write ${nth} failed ${moment} it was done.`);
      await then(fixture, `${moment} write ${nth}`);
    }
  }
  return cuts;
}
