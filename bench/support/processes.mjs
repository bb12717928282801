import { readFileSync, writeFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** From here on the kernel counts the peak anew. */
export function peakFromNow(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** `VmRSS`: what it takes now, `VmHWM`: the peak. */
export function megabytes(pid, field) {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line[1]) / 1_024;
}

/** Of the process since its start, with all its threads and those of its children that have ended. */
export function processorSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}
