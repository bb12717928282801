/** Who may do what: the one place that knows roles. Every service asks it, for its callers come over other ways than the gateway too. */
export * from './rights.js';
export * from './roles.js';
