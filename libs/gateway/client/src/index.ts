/** A small client of the gateway's REST API for our own programs: the command line, the demo, the tests from end to end. */
export * from './api-client.js';
export * from './app-contents.js';
export * from './jobs.js';
