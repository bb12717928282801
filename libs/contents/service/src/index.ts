/** The contents service: schemas, contents and rules; a participant of backup and restore. */
export { ContentsModule } from './contents.module.js';
