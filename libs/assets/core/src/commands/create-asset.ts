import type { AssetFolderState, AssetState } from '@reprise/contracts';
import { EMPTY_ID, RepriseError } from '@reprise/kernel';
import type { DecidedEvent } from '@reprise/read-models-core';
import { slugOf } from './slug.js';
import type { UploadedFile } from './uploaded-file.js';

/** Ids become parts of stream names, file names and URLs. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$/;

/** Error `assets.id-invalid` (invalid). */
export function checkAssetId(id: string): void {
  if (!ID.test(id)) {
    throw new RepriseError(
      'invalid',
      'assets.id-invalid',
      'An asset id is 1 to 100 letters, digits and . _ ~ -, beginning with a letter or digit. Choose another one.',
    );
  }
}

/** Where it goes: the root, or a folder that exists. Error `assets.folder-not-found` (invalid). */
export function checkParent(parentId: string, folder: AssetFolderState | undefined): void {
  if (parentId !== EMPTY_ID && (!folder || folder.isDeleted)) {
    throw new RepriseError('invalid', 'assets.folder-not-found', `There is no asset folder '${parentId}'. Create it, or leave it out.`);
  }
}

/**
 * Error `assets.id-taken` (conflict), also for an id that was deleted: its history would hold two files of the same name and version,
 * of which Squidex restores the first one twice.
 */
export function createAsset(asset: AssetState | undefined, input: { id: string; parentId: string; file: UploadedFile }): DecidedEvent[] {
  const { id, parentId, file } = input;
  if (asset)
    throw new RepriseError(
      'conflict',
      'assets.id-taken',
      `The asset id '${id}' is${asset.isDeleted ? ' that of a deleted asset and' : ''} not free. Choose another one.`,
    );
  return [
    {
      type: 'AssetCreatedEventV2',
      eventId: file.uploadId,
      payload: {
        parentId,
        fileName: file.fileName,
        fileHash: file.sha256,
        mimeType: file.mimeType,
        slug: slugOf(file.fileName) || id,
        fileVersion: 0,
        fileSize: file.size,
        type: file.description.type,
        metadata: file.description.metadata,
        tags: [],
        assetId: id,
      },
    },
  ];
}
