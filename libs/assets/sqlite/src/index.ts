/** Tags, pending uploads and tombstones of the assets service, in SQLite. */
export * from './asset-tables.js';
export * from './sqlite-discarded-apps.js';
export * from './sqlite-pending-uploads.js';
export * from './sqlite-tag-store.js';
