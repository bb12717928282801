/** For tests: stands between services and their ports, and lets calls fail, wait, or kill the process, as a plan says. */
export * from './errors.js';
export * from './fault-injector.js';
export * from './faults.js';
export * from './gate.js';
export * from './plan.js';
export * from './random.js';
