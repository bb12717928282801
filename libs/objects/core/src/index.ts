/** The port for bytes: asset files, archives, fragments. */
export * from './object-store.js';
