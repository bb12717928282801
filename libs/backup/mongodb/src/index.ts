/** The job store on MongoDB: jobs, segments, uploads begun, the secret that links are signed with. */
export { backupCollections } from './documents.js';
export * from './mongo-job-store.js';
