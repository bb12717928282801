/** Assets without any technology: how they follow from events, what commands decide, and the ports beside the log. */
export * from './asset/asset.projection.js';
export * from './asset/upcasters/index.js';
export * from './asset-object-key.js';
export * from './commands/annotate-asset.js';
export * from './commands/create-asset.js';
export * from './commands/delete-asset.js';
export * from './commands/describe-file.js';
export * from './commands/existing-asset.js';
export * from './commands/replace-asset-file.js';
export * from './commands/uploaded-file.js';
export * from './discarded-error.js';
export * from './folder/asset-folder.projection.js';
export * from './ports/discarded-apps.js';
export * from './ports/pending-uploads.js';
export * from './ports/tag-store.js';
export * from './tags/tag-attachments.js';
export * from './tags/tag-names.js';
