import type { Upcaster } from '@reprise/event-store-core';
import { assetCreatedV1 } from './asset-created.js';
import { assetRenamed } from './asset-renamed.js';
import { assetTagged } from './asset-tagged.js';
import { assetUpdatedV1 } from './asset-updated.js';

/** Old types of asset streams, as today's. */
export const assetUpcasters: readonly Upcaster[] = [assetCreatedV1, assetRenamed, assetTagged, assetUpdatedV1];
