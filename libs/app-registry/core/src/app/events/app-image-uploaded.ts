import type { AppState } from '@reprise/contracts';
import { objectOrNull, text, textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';

export const appImageUploaded: ChangingReducer<AppState> = {
  type: 'AppImageUploadedEvent',
  change: (app, { payload }) => {
    const image = objectOrNull(payload, 'image');
    return image ? { ...app, image: { mimeType: text(image, 'mimeType'), etag: textOrNull(image, 'etag') } } : app;
  },
};
