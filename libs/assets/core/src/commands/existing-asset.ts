import type { AssetState } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';

export function assetNotFound(idOrSlug: string): RepriseError {
  return new RepriseError('not-found', 'assets.not-found', `There is no asset '${idOrSlug}'.`);
}

/** Error `assets.not-found`, also for one that was deleted. */
export function existingAsset(asset: AssetState | undefined, id: string): AssetState {
  if (!asset || asset.isDeleted) throw assetNotFound(id);
  return asset;
}
