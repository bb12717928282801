import { SqliteDatabase } from '../sqlite-database.js';

/** A program of its own for the crash test: adds notes, many at once, and prints each id once it is acknowledged. */
const database = await SqliteDatabase.open(process.argv[2]!, [{ name: 'notes', url: new URL('./notes.procedures.js', import.meta.url).href }]);
let next = database.get<{ next: number }>('SELECT coalesce(max(id), 0) + 1 AS next FROM notes')!.next;

async function write(): Promise<never> {
  for (;;) {
    const id = next++;
    await database.call('notes.add', { id, text: `note ${id}` }, { durable: id % 3 > 0 });
    process.stdout.write(`${id}\n`);
  }
}

await Promise.all(Array.from({ length: 20 }, write));
