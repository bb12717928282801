import { escapeLoneSurrogates } from '@reprise/json-text';
import { RepriseError } from '@reprise/kernel';
import type { ReadQuery, ReadRow } from './read-model-store.js';

/** UTF-8 has no place for half characters. In what rows are looked up and ordered by they are replaced, on both sides. */
export function storableRow(row: ReadRow): ReadRow {
  return {
    ...row,
    parent: row.parent?.toWellFormed() ?? null,
    name: row.name?.toWellFormed() ?? null,
    order: row.order.toWellFormed(),
    state: escapeLoneSurrogates(row.state),
  };
}

export function storableQuery(query: ReadQuery): ReadQuery {
  const { parent, name } = query;
  return {
    ...query,
    ...(parent === undefined ? {} : { parent: parent.toWellFormed() }),
    ...(name === undefined ? {} : { name: name.toWellFormed() }),
  };
}

export function modelDiscarded(appId: string): RepriseError {
  return new RepriseError('conflict', 'read-models.discarded', `App ${appId} was removed for good. Nothing is kept of it any more.`);
}

/** A kind belongs to one model of an app: a fault of the program. */
export function kindTaken(kind: string, owner: string, model: string): RepriseError {
  return new RepriseError('internal', 'read-models.kind-taken', `Objects of kind ${kind} belong to the model ${owner}, not to ${model}.`);
}
