/** The only source of the current time; injected, so that tests can move it. */
export abstract class Clock {
  abstract now(): Date;
  /** Milliseconds since some moment in this process, whatever the clock on the wall is set to meanwhile: what durations are measured by. */
  abstract elapsed(): number;
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }

  elapsed(): number {
    return performance.now();
  }
}

/** An instant as Squidex's event headers write it: without a fraction of seconds. */
export function instantOfSeconds(date: Date): string {
  return date.toISOString().slice(0, 19) + 'Z';
}
