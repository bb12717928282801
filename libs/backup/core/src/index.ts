/** Backup and restore as decisions: jobs, segments, their store's port, what comes next, what is seen of them. */
export * from './backup-machine.js';
export * from './change-job.js';
export * from './check-machines.js';
export * from './endings.js';
export * from './figures.js';
export * from './job.js';
export * from './job-log.js';
export * from './job-store.js';
export * from './job-view.js';
export * from './known-types.js';
export * from './links.js';
export * from './new-job.js';
export * from './plan-segments.js';
export * from './restore-machine.js';
export * from './restore-report.js';
export * from './segment.js';
export * from './stage-step.js';
