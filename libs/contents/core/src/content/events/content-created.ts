import type { ContentState } from '@reprise/contracts';
import { text, textOrNull } from '@reprise/json-text';
import type { CreatingReducer } from '@reprise/read-models-core';
import { dataOf } from '../content-data.js';
import { DRAFT } from '../status.js';

export const contentCreated: CreatingReducer<ContentState> = {
  type: 'ContentCreatedEventV2',
  create: (event) => ({
    appId: text(event.payload, 'appId'),
    schemaId: text(event.payload, 'schemaId'),
    currentVersion: { status: textOrNull(event.payload, 'status') ?? DRAFT, data: dataOf(event, 'data') ?? '{}' },
    newVersion: null,
    scheduleJob: null,
  }),
};
