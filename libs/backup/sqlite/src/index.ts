/** The job store on SQLite: jobs, segments, uploads begun, the secret that links are signed with. */
export * from './sqlite-job-store.js';
