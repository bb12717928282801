import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

export const schemaPublished: ChangingReducer<SchemaState> = {
  type: 'SchemaPublishedEvent',
  change: (state) => (state.isPublished === true ? state : { ...state, isPublished: true }),
};
