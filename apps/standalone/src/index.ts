/** Reprise in one process, as a function; `main.ts` is the program. */
export { readConfig, type StandaloneConfig } from './config.js';
export { startServer, type Server } from './server.js';
