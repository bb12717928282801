import type { SchemaState } from '@reprise/contracts';
import { textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';

export const schemaCategoryChanged: ChangingReducer<SchemaState> = {
  type: 'SchemaCategoryChangedEvent',
  change: (state, { payload }) => {
    const category = textOrNull(payload, 'name');
    return state.category === category ? state : { ...state, category };
  },
};
