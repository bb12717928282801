/** What is done with whole archives, by workers: assembling, inspecting and checking them. A Nest module that is given its ports. */
export { ArchiveWorkerConfig } from './archive-worker.config.js';
export { ArchiveWorkerController } from './archive-worker.controller.js';
export { ArchiveWorkerModule } from './archive-worker.module.js';
