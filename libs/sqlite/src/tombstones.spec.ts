import { DatabaseSync } from 'node:sqlite';
import { RepriseError } from '@reprise/kernel';
import { expect, it } from 'vitest';
import { Tombstones } from './tombstones.js';

it('An id that was discarded once is refused for ever after, and only that one', () => {
  const db = new DatabaseSync(':memory:');
  const tombstones = new Tombstones('gone', () => new RepriseError('conflict', 'gone', 'Gone.'));
  db.exec(tombstones.schema);
  expect(() => tombstones.check(db, 'a')).not.toThrow();
  tombstones.add(db, 'a');
  tombstones.add(db, 'a');
  expect(() => tombstones.check(db, 'a')).toThrow('Gone.');
  expect(() => tombstones.check(db, 'b')).not.toThrow();
  db.close();
});
