import { z } from 'zod';
import { AppRef, command, Page, Principal } from './common.js';
import { defineRequest } from './define.js';
import { AssetFolderStateSchema, AssetStateSchema } from './state.js';

const read = { principal: Principal, app: AppRef };
/** Asset with its tags by name and the key of its file. */
const AssetReply = z.object({ asset: AssetStateSchema, tagNames: z.record(z.string(), z.string()) });

/**
 * Before any byte is written: notes a pending upload, which the assets service forgets (and whose object it removes) when no command
 * takes it up within an hour. The bytes go to `key` in the asset store, written once and never again.
 */
export const beginUpload = defineRequest('assets.begin-upload', {
  body: z.object({ principal: Principal, app: AppRef }),
  reply: z.object({ uploadId: z.string(), key: z.string() }),
});

const UploadedFile = z.object({ uploadId: z.string(), fileName: z.string(), mimeType: z.string(), size: z.number().int().min(0), sha256: z.string() });

/** Errors: `assets.id-taken` (conflict), `assets.folder-not-found` (invalid). */
export const createAsset = defineRequest('assets.create-asset', {
  body: z.object({ ...command, app: AppRef, id: z.string().optional(), parentId: z.string().optional(), file: UploadedFile }),
  reply: AssetReply,
});
export const replaceAssetFile = defineRequest('assets.replace-file', {
  body: z.object({ ...command, app: AppRef, id: z.string(), file: UploadedFile }),
  reply: AssetReply,
});
export const annotateAsset = defineRequest('assets.annotate-asset', {
  body: z.object({
    ...command,
    app: AppRef,
    id: z.string(),
    fileName: z.string().optional(),
    slug: z.string().optional(),
    isProtected: z.boolean().optional(),
    /** Tag names. */
    tags: z.array(z.string()).optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
  }),
  reply: AssetReply,
});
export const deleteAsset = defineRequest('assets.delete-asset', { body: z.object({ ...command, app: AppRef, id: z.string() }), reply: z.object({}) });

/** By id or slug. Error `assets.not-found`. Without principal: only assets that aren't protected. */
export const findAsset = defineRequest('assets.find-asset', {
  body: z.object({ principal: Principal.optional(), app: AppRef, idOrSlug: z.string() }),
  reply: AssetReply,
});
export const listAssets = defineRequest('assets.list-assets', {
  body: z.object({ ...read, parentId: z.string().optional(), ids: z.array(z.string()).optional(), page: Page }),
  reply: z.object({ total: z.number().int(), assets: z.array(AssetStateSchema), tagNames: z.record(z.string(), z.string()) }),
});
export const listAssetFolders = defineRequest('assets.list-folders', {
  body: z.object({ ...read, parentId: z.string().optional() }),
  reply: z.object({ total: z.number().int(), folders: z.array(AssetFolderStateSchema), path: z.array(AssetFolderStateSchema) }),
});
export const listTags = defineRequest('assets.list-tags', { body: z.object(read), reply: z.object({ tags: z.record(z.string(), z.number()) }) });
