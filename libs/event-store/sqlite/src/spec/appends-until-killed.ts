import { SqliteDatabase } from '@reprise/sqlite';
import { eventLogTables, SqliteEventLog } from '../sqlite-event-log.js';

/** A program of its own for the crash test: writers append two events at a time, and print position and content of each that is acknowledged. */
const database = await SqliteDatabase.open(process.argv[2]!, [eventLogTables]);
const log = new SqliteEventLog(database);
let commits = 0;

async function write(writer: number): Promise<never> {
  const stream = `content-app--${writer}`;
  let version = (await log.readStream('app', stream)).length - 1;
  for (;;) {
    const names = [0, 1].map((i) => `${process.pid}-${++commits}-${i}`);
    const events = names.map((n) => ({ type: 'ContentUpdatedEvent', payload: `{"n":"${n}"}`, headers: '{}' }));
    const result = await log.append({ appId: 'app', commitKey: names[0]!, stream, expectedVersion: version, events });
    version = result.version;
    process.stdout.write(names.map((n, i) => `${result.from + i} ${n}\n`).join(''));
  }
}

await Promise.all(Array.from({ length: 20 }, (_, writer) => write(writer)));
