import type { ReadQuery, ReadRow } from '@reprise/read-models-core';

export interface StoredRow {
  kind: string;
  id: string;
  version: number;
  parent: string | null;
  name: string | null;
  sort: string;
  visible: number;
  published: number;
  state: string;
}

export const COLUMNS = 'kind, id, version, parent, name, sort, visible, published, state';

export function toReadRow({ sort, visible, published, ...row }: StoredRow): ReadRow {
  return { ...row, order: sort, visible: visible === 1, published: published === 1 };
}

/** The conditions of a query in the few forms that they can have together; `params` go before those of the page. */
export function whereOf(app: number, kind: string, query: ReadQuery): { where: string; params: (string | number)[] } {
  // Indexes of visible rows are no help where ids are given: the plus leaves SQLite the primary key alone.
  const conditions = ['app = ?', 'kind = ?', query.ids ? '+visible = 1' : 'visible = 1'];
  const params: (string | number)[] = [app, kind];
  const add = (condition: string, value: string | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    params.push(value);
  };
  add('parent = ?', query.parent);
  add('name = ?', query.name);
  add('id IN (SELECT value FROM json_each(?))', query.ids && JSON.stringify(query.ids));
  if (query.publishedOnly) conditions.push('published = 1');
  return { where: conditions.join(' AND '), params };
}
