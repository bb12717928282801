import type { SchemaField, SchemaState } from '@reprise/contracts';
import { member, text, textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { changeFields, fieldIdsOf } from '../change-fields.js';
import { asProperties } from '../field-types.js';
import { childrenOf, partitioning } from '../schema-shape.js';

/** A field with an id that is there already takes its place, at the end. */
export const fieldAdded: ChangingReducer<SchemaState> = {
  type: 'FieldAddedEvent',
  change: (state, event) => {
    const { id, parentId } = fieldIdsOf(event);
    if (id === undefined) return state;
    const properties = asProperties(member(event.payload, 'properties'));
    const field: SchemaField = {
      id,
      name: text(event.payload, 'name'),
      partitioning: parentId === undefined ? partitioning(textOrNull(event.payload, 'partitioning')) : null,
      isHidden: false,
      isLocked: false,
      isDisabled: false,
      properties,
      children: childrenOf(properties, []),
    };
    const next = changeFields(state, parentId, (fields) => [...fields.filter((other) => other.id !== id), field]);
    return { ...next, schemaFieldsTotal: Math.max(state.schemaFieldsTotal, id) };
  },
};
