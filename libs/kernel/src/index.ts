/** What every part may know: error kinds, ids, the clock, the logger's port. Kept tiny, without dependencies. */
export * from './byte-block.js';
export * from './clock.js';
export * from './errors.js';
export * from './garbage.js';
export * from './ids.js';
export * from './logger.js';
export * from './outcome.js';
