import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { textOrNull } from '../../payload.js';

export const schemaCategoryChanged: ChangingReducer<SchemaState> = {
  type: 'SchemaCategoryChangedEvent',
  change: (state, { payload }) => {
    const category = textOrNull(payload, 'name');
    return state.category === category ? state : { ...state, category };
  },
};
