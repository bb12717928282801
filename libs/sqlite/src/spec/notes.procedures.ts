import type { DatabaseSync } from 'node:sqlite';
import { RepriseError } from '@reprise/kernel';
import { first, run } from '../statements.js';

/** A small table for the tests. */
export const schema = `CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;`;

interface Note {
  id: number;
  text: string;
}

function add(db: DatabaseSync, { id, text }: Note): number {
  run(db, 'INSERT INTO notes (id, text) VALUES (?, ?)', [id, text]);
  return first<{ count: number }>(db, 'SELECT count(*) AS count FROM notes')!.count;
}

function addThenRefuse(db: DatabaseSync, note: Note): never {
  add(db, note);
  throw new RepriseError('conflict', 'notes.refused', 'Refused after the fact.', { details: ['one', 'two'] });
}

function fill(db: DatabaseSync, { from, pages }: { from: number; pages: number }): void {
  db.exec('PRAGMA max_page_count = 64');
  try {
    for (let i = 0; i < pages; i++) add(db, { id: from + i, text: 'x'.repeat(4000) });
  } finally {
    db.exec('PRAGMA max_page_count = 1073741823');
  }
}

export const procedures = { add, addThenRefuse, fill };
