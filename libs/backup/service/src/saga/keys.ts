import { workPrefix } from '@reprise/backup-core';

/** Working files of a restore in the archive store. */
export function planKey(jobId: string, segment: string): string {
  return `${workPrefix(jobId)}${segment}.plan`;
}
export function mappingKey(jobId: string): string {
  return `${workPrefix(jobId)}mapping`;
}
export function fetchedKey(jobId: string): string {
  return `${workPrefix(jobId)}archive.zip`;
}
export function findingsKey(jobId: string): string {
  return `${workPrefix(jobId)}findings`;
}
export function avatarKey(jobId: string): string {
  return `${workPrefix(jobId)}avatar`;
}
