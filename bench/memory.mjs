/** Memory of another process, as Linux tells it, in MB. */
import { readFileSync, writeFileSync } from 'node:fs';

function megabytes(pid, field) {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line[1]) / 1_024;
}

export const residentMegabytes = (pid) => megabytes(pid, 'VmRSS');

/** Since the process began, or since {@link peakFromNow}. */
export const peakMegabytes = (pid) => megabytes(pid, 'VmHWM');

/** From here on the kernel counts the peak anew. */
export const peakFromNow = (pid) => writeFileSync(`/proc/${pid}/clear_refs`, '5');
