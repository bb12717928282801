import type { AssetState } from '@reprise/contracts';
import { EMPTY_ID } from '@reprise/kernel';
import { describe, expect, it } from 'vitest';
import { annotateAsset } from './annotate-asset.js';
import { checkAssetId, checkParent, createAsset } from './create-asset.js';
import { deleteAsset } from './delete-asset.js';
import { describeFile } from './describe-file.js';
import { replaceAssetFile } from './replace-asset-file.js';
import { slugOf } from './slug.js';
import type { UploadedFile } from './uploaded-file.js';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAIAAACDRijCAAAAEUlEQVR42mNgGAWjYBSMAigAAAQQAAHvYxWRAAAAAElFTkSuQmCC', 'base64');

const file: UploadedFile = {
  uploadId: 'u1',
  fileName: 'Öl & Kreide.PNG',
  mimeType: 'image/png',
  size: 10,
  sha256: 'h1',
  description: describeFile('image/png', PNG),
};
const asset: AssetState = {
  id: 'a',
  version: 3,
  isDeleted: false,
  created: '',
  createdBy: '',
  lastModified: '',
  lastModifiedBy: '',
  appId: 'app,name',
  parentId: EMPTY_ID,
  fileName: 'a.png',
  fileHash: 'h1',
  mimeType: 'image/png',
  slug: 'a.png',
  fileSize: 10,
  fileVersion: 2,
  totalSize: 30,
  isProtected: false,
  tags: ['t1', 't2'],
  metadata: { alt: 'x' },
  type: 'Image',
  objectKey: 'app/u1',
};

describe('creating an asset', () => {
  it('writes the event in the order of properties that Squidex writes', () => {
    const [event] = createAsset(undefined, { id: 'a', parentId: 'p', file });
    expect(event).toMatchObject({ type: 'AssetCreatedEventV2', eventId: 'u1' });
    expect(JSON.stringify(event!.payload)).toBe(
      '{"parentId":"p","fileName":"Öl & Kreide.PNG","fileHash":"h1","mimeType":"image/png","slug":"ol-kreide.png","fileVersion":0,"fileSize":10,"type":"Image","metadata":{"pixelWidth":24,"pixelHeight":16},"tags":[],"assetId":"a"}',
    );
  });

  it('refuses an id that is, or was, an asset', () => {
    for (const isDeleted of [false, true]) {
      expect(() => createAsset({ ...asset, isDeleted }, { id: 'a', parentId: EMPTY_ID, file })).toThrow(
        expect.objectContaining({ kind: 'conflict', code: 'assets.id-taken' }),
      );
    }
  });

  it('refuses ids that are no part of a path or stream', () => {
    for (const id of ['', '../x', 'a/b', 'ä', '-a', 'a b', 'x'.repeat(101)])
      expect(() => checkAssetId(id)).toThrow(expect.objectContaining({ code: 'assets.id-invalid' }));
    checkAssetId('8cf8d0a5-1d2f-4bcc-a5b3-46e9df0cb7e1');
    checkAssetId('x--y.1');
  });

  it('goes to the root or to a folder that exists', () => {
    checkParent(EMPTY_ID, undefined);
    expect(() => checkParent('p', undefined)).toThrow(expect.objectContaining({ kind: 'invalid', code: 'assets.folder-not-found' }));
  });
});

describe('changing an asset', () => {
  it('counts file versions, and knows the same file', () => {
    expect(replaceAssetFile(asset, 'a', { ...file, sha256: 'h2' })).toMatchObject([
      { type: 'AssetUpdatedEventV2', eventId: 'u1', payload: { fileVersion: 3, fileHash: 'h2', fileSize: 10 } },
    ]);
    expect(replaceAssetFile(asset, 'a', file)).toEqual([]);
  });

  it('names only what really changes', () => {
    expect(annotateAsset(asset, 'a', { fileName: 'a.png', slug: 'A.png', isProtected: true, tags: ['t2', 't1'], metadata: { alt: 'y' } })).toEqual([
      { type: 'AssetAnnotatedEvent', payload: { fileName: null, slug: null, isProtected: true, metadata: { alt: 'y' }, tags: null, assetId: 'a' } },
    ]);
    expect(annotateAsset(asset, 'a', { fileName: 'a.png', metadata: { alt: 'x' } })).toEqual([]);
    expect(annotateAsset(asset, 'a', { tags: [] })).toMatchObject([{ payload: { tags: [] } }]);
    for (const bad of [{ fileName: ' ' }, { slug: '?' }])
      expect(() => annotateAsset(asset, 'a', bad)).toThrow(expect.objectContaining({ code: 'assets.name-invalid' }));
  });

  it('ends with all its bytes and tags named', () => {
    expect(deleteAsset(asset, 'a')).toEqual([{ type: 'AssetDeletedEvent', payload: { deletedSize: 30, oldTags: ['t1', 't2'], assetId: 'a' } }]);
  });

  it('is refused once it is deleted, or never was', () => {
    for (const state of [undefined, { ...asset, isDeleted: true }]) {
      const notFound = expect.objectContaining({ kind: 'not-found', code: 'assets.not-found' });
      expect(() => deleteAsset(state, 'a')).toThrow(notFound);
      expect(() => annotateAsset(state, 'a', {})).toThrow(notFound);
      expect(() => replaceAssetFile(state, 'a', file)).toThrow(notFound);
    }
  });
});

describe('a file', () => {
  it('is an image only if its size can be read', () => {
    expect(describeFile('image/png', PNG)).toEqual({ type: 'Image', metadata: { pixelWidth: 24, pixelHeight: 16 } });
    expect(describeFile('image/png', Buffer.from('no image'))).toEqual({ type: 'Unknown', metadata: {} });
    expect(describeFile('image/png', Buffer.alloc(0))).toEqual({ type: 'Unknown', metadata: {} });
    expect(describeFile('text/plain', PNG).type).toBe('Unknown');
    expect(describeFile('video/mp4', Buffer.alloc(0)).type).toBe('Video');
    expect(describeFile('Audio/mpeg', Buffer.alloc(0)).type).toBe('Audio');
  });

  it('has a slug that can stand in a URL', () => {
    const slugs = {
      'image 5.png': 'image-5.png',
      'Straße Ångström.JPG': 'strasse-angstrom.jpg',
      'a - b .txt': 'a-b.txt',
      写真: '',
      '../../etc': 'etc',
      'x+y&z#%.png': 'x-y-z.png',
    };
    for (const [name, slug] of Object.entries(slugs)) expect(slugOf(name)).toBe(slug);
  });
});
