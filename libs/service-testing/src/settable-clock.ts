import { Clock } from '@reprise/kernel';

/** Stands still until it is put forward, or set to another time. */
export class SettableClock extends Clock {
  private time = new Date('2025-03-01T08:00:00Z');
  private passed = 0;

  now(): Date {
    return this.time;
  }

  elapsed(): number {
    return this.passed;
  }

  /** Time passes. */
  forward(milliseconds: number): void {
    this.set(new Date(this.time.getTime() + milliseconds));
    this.passed += milliseconds;
  }

  /** As when a person corrects the clock on the wall: no time passes. */
  set(time: Date): void {
    this.time = time;
  }
}
