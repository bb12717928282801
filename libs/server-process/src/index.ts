/** A server of one's own, for programs and tests that need one: it starts processes, so that nothing but apps and tests from end to end may import it. */
export * from './free-ports.js';
export * from './server-process.js';
