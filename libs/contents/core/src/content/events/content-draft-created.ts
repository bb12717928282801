import type { ContentState } from '@reprise/contracts';
import { textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { dataOf } from '../content-data.js';
import { DRAFT } from '../status.js';

export const contentDraftCreated: ChangingReducer<ContentState> = {
  type: 'ContentDraftCreatedEvent',
  change: (state, event) => ({
    ...state,
    newVersion: { status: textOrNull(event.payload, 'status') ?? DRAFT, data: dataOf(event, 'migratedData') ?? state.currentVersion.data },
    scheduleJob: null,
  }),
};
