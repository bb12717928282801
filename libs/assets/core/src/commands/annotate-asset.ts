import { isDeepStrictEqual } from 'node:util';
import type { AssetState } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import type { DecidedEvent } from '@reprise/read-models-core';
import { existingAsset } from './existing-asset.js';
import { slugOf } from './slug.js';

export interface Annotation {
  fileName?: string | undefined;
  slug?: string | undefined;
  isProtected?: boolean | undefined;
  /** Ids. */
  tags?: readonly string[] | undefined;
  metadata?: Record<string, unknown> | undefined;
}

/** The event names what really changes, and null for the rest. Errors `assets.not-found`, `assets.name-invalid` (invalid). */
export function annotateAsset(state: AssetState | undefined, id: string, wanted: Annotation): DecidedEvent[] {
  const asset = existingAsset(state, id);
  if (wanted.fileName?.trim() === '' || (wanted.slug !== undefined && slugOf(wanted.slug) === '')) {
    throw new RepriseError('invalid', 'assets.name-invalid', "An asset's file name and slug can't be empty. Leave out what should stay.");
  }
  const changed = <T>(value: T | undefined, current: T): T | null => (value === undefined || isDeepStrictEqual(value, current) ? null : value);
  const annotation = {
    fileName: changed(wanted.fileName, asset.fileName),
    slug: changed(wanted.slug === undefined ? undefined : slugOf(wanted.slug), asset.slug),
    isProtected: changed(wanted.isProtected, asset.isProtected),
    metadata: changed(wanted.metadata, asset.metadata),
    // A set: order alone is no change.
    tags: wanted.tags && !isDeepStrictEqual(new Set(wanted.tags), new Set(asset.tags)) ? [...wanted.tags] : null,
  };
  if (Object.values(annotation).every((value) => value === null)) return [];
  return [{ type: 'AssetAnnotatedEvent', payload: { ...annotation, assetId: id } }];
}
