/** The real engines as processes of one's own: for tests, `npm run engines` and `npm run cluster`. They are started, never linked. And a Python that talks to one of them. */
export * from './containers.js';
export * from './cutting-proxy.js';
export * from './engine.js';
export * from './engine-process.js';
export * from './for-tests.js';
export * from './last-line.js';
export * from './minio.js';
export * from './mongodb.js';
export * from './ports.js';
export { endProcessesOf, processesOf, signalProcess } from './processes.js';
export * from './programs.js';
export * from './python.js';
export * from './rabbit-control.js';
export * from './rabbitmq.js';
export * from './seaweedfs.js';
