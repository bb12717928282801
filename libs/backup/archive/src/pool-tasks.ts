import { deflateEvents } from './deflate-events.js';
import { plainBytesOfRun } from './event-runs.js';
import { decodeRun, inspectRun } from './read-events.js';

/** What the pool's threads can do. */
export const tasks = { deflateEvents, inspectRun, decodeRun };
export type Tasks = typeof tasks;
type Task = Parameters<Tasks[keyof Tasks]>[0];

/** What a task is about, inflated. */
export function plainBytesOf(task: Task): number {
  return 'texts' in task ? task.texts.byteLength : plainBytesOfRun(task);
}
