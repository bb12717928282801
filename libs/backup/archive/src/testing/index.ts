/** For tests and measurements: an archive of ours with everything in it, and ZIPs as nobody should write them. */
export { centralHeader } from './central-header.js';
export { endRecords, localHeader } from '../zip-format.js';
export { inPages } from '../spec-fixtures.js';
export * from './hostile-zip.js';
export * from './sample-archive.js';
