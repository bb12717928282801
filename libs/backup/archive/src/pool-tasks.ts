import { deflateEvents } from './deflate-events.js';
import { decodeRun, inspectRun } from './read-events.js';

/** What the pool's threads can do. */
export const tasks = { deflateEvents, inspectRun, decodeRun };
export type Tasks = typeof tasks;
