import { append } from './procedures/append.js';
import { entomb, purgeChunk, redact } from './procedures/erase.js';
import { beginImport, endImport, importEvents } from './procedures/import.js';

/** Runs in the thread that owns all writes: each procedure is one atomic step. */
export { schema } from './procedures/schema.js';
export const procedures = { append, beginImport, importEvents, endImport, redact, entomb, purgeChunk };
