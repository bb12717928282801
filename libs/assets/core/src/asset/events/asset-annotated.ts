import { isDeepStrictEqual } from 'node:util';
import type { AssetState } from '@reprise/contracts';
import { flagOrNull, objectOrNull, textOrNull, textsOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';

/** What the event leaves out or says null of stays as it is. */
export const assetAnnotated: ChangingReducer<AssetState> = {
  type: 'AssetAnnotatedEvent',
  change: (asset, { payload }) => {
    const tags = textsOrNull(payload, 'tags');
    const next: AssetState = {
      ...asset,
      fileName: textOrNull(payload, 'fileName') ?? asset.fileName,
      slug: textOrNull(payload, 'slug') ?? asset.slug,
      isProtected: flagOrNull(payload, 'isProtected') ?? asset.isProtected,
      metadata: objectOrNull(payload, 'metadata') ?? asset.metadata,
      // Tags are a set: the same ones in another order are no change.
      tags: tags === null || isDeepStrictEqual(new Set(tags), new Set(asset.tags)) ? asset.tags : tags,
    };
    return isDeepStrictEqual(next, asset) ? asset : next;
  },
};
