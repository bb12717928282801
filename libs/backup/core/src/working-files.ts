import { workPrefix } from './job.js';

/** Working files of jobs in the archive store. What follows from the archive alone has one key: whoever writes it again writes the same. */
export function planKey(jobId: string, segment: string): string {
  return `${workPrefix(jobId)}${segment}.plan`;
}
export function mappingKey(jobId: string): string {
  return `${workPrefix(jobId)}mapping`;
}
/** Of an attempt, known by its lease: one that comes late can't change what the one that counts has written. */
export function fetchedKey(jobId: string, lease: string): string {
  return `${workPrefix(jobId)}${lease}.zip`;
}
/** Of a backup's archive, likewise, by the token of its segment. */
export function directoryKey(jobId: string, token: string): string {
  return `${workPrefix(jobId)}${token}.directory`;
}
/** What an attempt at a segment has found, where that is too large for its report. */
export function findingsKey(jobId: string, token: string): string {
  return `${workPrefix(jobId)}${token}.findings`;
}
export function avatarKey(jobId: string): string {
  return `${workPrefix(jobId)}avatar`;
}
