/** Settings from the environment: what they are, and how bad ones are told. Each program picks those that it needs. */
export * from './config-error.js';
export * from './read-settings.js';
export * from './settings.js';
export * from './values.js';
