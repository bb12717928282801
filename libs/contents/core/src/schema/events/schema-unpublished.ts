import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

export const schemaUnpublished: ChangingReducer<SchemaState> = {
  type: 'SchemaUnpublishedEvent',
  change: (state) => (state.isPublished === false ? state : { ...state, isPublished: false }),
};
