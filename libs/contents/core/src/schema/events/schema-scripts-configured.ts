import type { SchemaState } from '@reprise/contracts';
import { objectOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { schemaScripts } from '../schema-shape.js';

export const schemaScriptsConfigured: ChangingReducer<SchemaState> = {
  type: 'SchemaScriptsConfiguredEvent',
  change: (state, { payload }) => ({ ...state, scripts: schemaScripts(objectOrNull(payload, 'scripts')) }),
};
