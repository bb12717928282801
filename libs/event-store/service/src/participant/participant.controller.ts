import { Controller } from '@nestjs/common';
import { discardEvents, exportEvents, importEvents, type BodyOf } from '@reprise/contracts';
import { EventLog } from '@reprise/event-store-core';
import { MessageBus } from '@reprise/messaging-core';
import { OnWork, Participation } from '@reprise/nest-kit';
import { EventExport } from './event-export.js';
import { EventImport } from './event-import.js';

/** The event log's part in backup and restore. */
@Controller()
export class ParticipantController {
  private readonly participation: Participation;

  constructor(
    private readonly log: EventLog,
    private readonly exports: EventExport,
    private readonly imports: EventImport,
    bus: MessageBus,
  ) {
    this.participation = new Participation(bus);
  }

  @OnWork(exportEvents, { concurrency: 2, dead: 'giveUp' })
  export(task: BodyOf<typeof exportEvents>): Promise<void> {
    return this.participation.run(exportEvents, task, (alive) => this.exports.run(task, alive));
  }

  @OnWork(importEvents, { concurrency: 2, dead: 'giveUp' })
  import(task: BodyOf<typeof importEvents>): Promise<void> {
    return this.participation.run(importEvents, task, (alive) => this.imports.run(task, alive));
  }

  /** A segment that comes late finds the tombstone and is refused. */
  @OnWork(discardEvents, { dead: 'giveUp' })
  discard(task: BodyOf<typeof discardEvents>): Promise<void> {
    return this.participation.run(discardEvents, task, async () => {
      await this.log.purge(task.appId);
      return {};
    });
  }

  giveUp(task: { jobId: string; segment: string; token: string }, error: unknown): Promise<void> {
    return this.participation.dead(task, error);
  }
}
