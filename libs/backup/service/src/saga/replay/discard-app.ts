import type { ReplayJob } from '@reprise/backup-core';
import { advanceJob } from '@reprise/contracts';
import { MessageBus } from '@reprise/messaging-core';
import { Injectable } from '@nestjs/common';
import { Moves, type Run } from '../run.js';

/** A participant that can't discard now is asked again after so long. */
const AGAIN_MS = 30_000;

/** Discarding goes on until it has worked: nothing of an app that isn't to be may stay. */
@Injectable()
export class DiscardApp {
  constructor(
    private readonly bus: MessageBus,
    private readonly moves: Moves,
  ) {}

  /** The change of the job is nothing but the occasion: its segments wait again from now on, and are given out later. */
  async again(job: ReplayJob, run: Run): Promise<void> {
    await this.moves.from<ReplayJob>(
      job,
      run,
      (current) => ({ ...current }),
      () => ({ restart: ['discard'] }),
    );
    await this.bus.enqueue(advanceJob, { jobId: job.id }, { delayMs: AGAIN_MS });
  }
}
