import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { changeFields, fieldIdsOf } from '../change-fields.js';

export const fieldDeleted: ChangingReducer<SchemaState> = {
  type: 'FieldDeletedEvent',
  change: (state, event) => {
    const { id, parentId } = fieldIdsOf(event);
    return changeFields(state, parentId, (fields) => (fields.some((field) => field.id === id) ? fields.filter((field) => field.id !== id) : fields));
  },
};
