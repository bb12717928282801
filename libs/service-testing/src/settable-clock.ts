import { Clock } from '@reprise/kernel';

/** Stands still until it is put forward. */
export class SettableClock extends Clock {
  private time = new Date('2025-03-01T08:00:00Z');

  now(): Date {
    return this.time;
  }

  forward(milliseconds: number): void {
    this.time = new Date(this.time.getTime() + milliseconds);
  }
}
