/** The assets service: files, their metadata, folders and tags; a participant of backup and restore. */
export { AssetsModule } from './assets.module.js';
