import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { previewUrls } from '../schema-shape.js';

export const schemaPreviewUrlsConfigured: ChangingReducer<SchemaState> = {
  type: 'SchemaPreviewUrlsConfiguredEvent',
  change: (state, { payload }) => ({ ...state, previewUrls: previewUrls(payload, 'previewUrls') }),
};
