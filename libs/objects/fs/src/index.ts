/** The object store as a folder: what standalone keeps its asset files and archives in. */
export * from './folder-object-store.js';
