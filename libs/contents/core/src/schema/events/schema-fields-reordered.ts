import type { SchemaState } from '@reprise/contracts';
import { member } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { changeFields, fieldIdsOf } from '../change-fields.js';

export const schemaFieldsReordered: ChangingReducer<SchemaState> = {
  type: 'SchemaFieldsReorderedEvent',
  change: (state, event) => {
    const ids = member(event.payload, 'fieldIds');
    if (!Array.isArray(ids)) return state;
    // What is neither a number nor the text of one is the id of no field; an object may even have no text.
    const places = new Map(ids.map((id: unknown, place) => [typeof id === 'string' ? Number(id) : id, place]));
    return changeFields(state, fieldIdsOf(event).parentId, (fields) =>
      fields.toSorted((a, b) => (places.get(a.id) ?? ids.length) - (places.get(b.id) ?? ids.length)),
    );
  },
};
