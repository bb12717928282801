import { isDeepStrictEqual } from 'node:util';
import type { AssetState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { flag, object, text, texts } from '../../payload.js';

/** What the event leaves out or says null of stays as it is. */
export const assetAnnotated: ChangingReducer<AssetState> = {
  type: 'AssetAnnotatedEvent',
  change: (asset, { payload }) => {
    const tags = texts(payload, 'tags');
    const next: AssetState = {
      ...asset,
      fileName: text(payload, 'fileName') ?? asset.fileName,
      slug: text(payload, 'slug') ?? asset.slug,
      isProtected: flag(payload, 'isProtected') ?? asset.isProtected,
      metadata: object(payload, 'metadata') ?? asset.metadata,
      // Tags are a set: the same ones in another order are no change.
      tags: tags === undefined || isDeepStrictEqual(new Set(tags), new Set(asset.tags)) ? asset.tags : tags,
    };
    return isDeepStrictEqual(next, asset) ? asset : next;
  },
};
