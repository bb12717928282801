/** Tags, pending uploads and tombstones of the assets service, in MongoDB. */
export { assetCollections } from './documents.js';
export * from './mongo-discarded-apps.js';
export * from './mongo-pending-uploads.js';
export * from './mongo-tag-store.js';
