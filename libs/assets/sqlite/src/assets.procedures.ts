import { discarded } from './procedures/discarded.js';
import { tags } from './procedures/tags.js';
import { uploads } from './procedures/uploads.js';

/** Runs in the thread that owns all writes: each procedure is one atomic step. */
export { schema } from './procedures/schema.js';
export const procedures = { ...tags, ...uploads, ...discarded };
