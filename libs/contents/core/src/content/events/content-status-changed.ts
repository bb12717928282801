import type { ContentState } from '@reprise/contracts';
import { textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { DRAFT, PUBLISHED } from '../status.js';

/** A draft that is published takes the place of the published version; any change ends a schedule. */
export const contentStatusChanged: ChangingReducer<ContentState> = {
  type: 'ContentStatusChangedEventV2',
  change: (state, event) => {
    const status = textOrNull(event.payload, 'status') ?? DRAFT;
    const { currentVersion, newVersion } = state;
    if (!newVersion) return { ...state, currentVersion: { ...currentVersion, status }, scheduleJob: null };
    if (status !== PUBLISHED) return { ...state, newVersion: { ...newVersion, status }, scheduleJob: null };
    return { ...state, currentVersion: { status, data: newVersion.data }, newVersion: null, scheduleJob: null };
  },
};
