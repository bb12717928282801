/** The port for bytes: asset files, archives, fragments. */
export * from './object-errors.js';
export * from './object-keys.js';
export * from './object-store.js';
export * from './part-of-object.js';
export * from './part-planner.js';
