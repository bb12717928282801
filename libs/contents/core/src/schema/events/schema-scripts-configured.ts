import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { objectOrNull } from '../../payload.js';
import { schemaScripts } from '../schema-shape.js';

export const schemaScriptsConfigured: ChangingReducer<SchemaState> = {
  type: 'SchemaScriptsConfiguredEvent',
  change: (state, { payload }) => ({ ...state, scripts: schemaScripts(objectOrNull(payload, 'scripts')) }),
};
