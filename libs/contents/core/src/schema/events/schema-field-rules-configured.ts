import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { fieldRules } from '../schema-shape.js';

export const schemaFieldRulesConfigured: ChangingReducer<SchemaState> = {
  type: 'SchemaFieldRulesConfiguredEvent',
  change: (state, { payload }) => ({ ...state, fieldRules: fieldRules(payload, 'fieldRules') }),
};
