/** The transport of standalone: all services in one process, bytes in between all the same. */
export * from './in-process-transport.js';
