import type { RestoreJob } from '@reprise/gateway-client';

export interface Terminal {
  write(text: string): unknown;
  isTTY?: boolean;
}

/**
 * Prints a job's log as it grows. The last line of a running job is still being rewritten: a terminal shows it in place, anything else
 * gets it when it is final.
 */
export class JobPrinter {
  private printed = 0;
  private live = '';

  constructor(private readonly terminal: Terminal) {}

  show(job: RestoreJob, finished: boolean): void {
    const lines = job.log.map(({ message }) => message);
    const upTo = finished ? lines.length : Math.max(this.printed, lines.length - 1);
    this.clear();
    for (const line of lines.slice(this.printed, upTo)) this.terminal.write(`${printable(line)}\n`);
    this.printed = upTo;
    if (this.terminal.isTTY && !finished) {
      this.live = [lines.at(-1), progress(job)]
        .filter(Boolean)
        .map((text) => printable(text!))
        .join('  ');
      this.terminal.write(this.live);
    }
  }

  private clear(): void {
    if (this.live) this.terminal.write('\r\x1b[K');
    this.live = '';
  }
}

function progress(job: RestoreJob): string {
  if (!job.phase || !job.totalEvents) return '';
  return `[${job.phase} ${job.handledEvents}/${job.totalEvents} events]`;
}

/** Log lines may hold names out of an archive: nothing of them may steer the terminal. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, ' ');
}
