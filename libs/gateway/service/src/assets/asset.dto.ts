import type { AppRef, AssetFolderState, AssetState } from '@reprise/contracts';
import { del, get, path, put } from '../http/links.js';

/** Squidex's AssetDto. `tagNames`: tag id → name. */
export function assetDto(app: AppRef, asset: AssetState, tagNames: Record<string, string>) {
  const self = path`/api/apps/${app.name}/assets/${asset.id}`;
  const pixelWidth = pixels(asset.metadata['pixelWidth']);
  const pixelHeight = pixels(asset.metadata['pixelHeight']);
  return {
    id: asset.id,
    parentId: asset.parentId,
    fileName: asset.fileName,
    fileHash: asset.fileHash ?? undefined,
    isProtected: asset.isProtected,
    slug: asset.slug,
    mimeType: asset.mimeType,
    fileType: fileType(asset.fileName),
    metadataText: [pixelWidth && pixelHeight ? `${pixelWidth}x${pixelHeight}px` : undefined, readableSize(asset.fileSize)].filter(Boolean).join(', '),
    metadata: asset.metadata,
    tags: asset.tags.flatMap((id) => tagNames[id] ?? []),
    fileSize: asset.fileSize,
    fileVersion: asset.fileVersion,
    type: asset.type,
    createdBy: asset.createdBy,
    lastModifiedBy: asset.lastModifiedBy,
    created: asset.created,
    lastModified: asset.lastModified,
    version: asset.version,
    isImage: asset.type === 'Image',
    pixelWidth,
    pixelHeight,
    _links: {
      self: get(self),
      content: get(path`/api/assets/${app.name}/${asset.id}`),
      'content/slug': get(path`/api/assets/${app.name}/${asset.slug}`),
      update: put(self),
      upload: put(`${self}/content`),
      delete: del(self),
    },
  };
}

/** Squidex's AssetFolderDto. */
export function assetFolderDto(folder: AssetFolderState) {
  return { id: folder.id, parentId: folder.parentId, folderName: folder.folderName, version: folder.version, _links: {} };
}

/** The extension of a file's name, `blob` where there is none. */
function fileType(fileName: string): string {
  return /\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? 'blob';
}

function pixels(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

function readableSize(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}
