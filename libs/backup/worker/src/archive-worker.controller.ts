import { assembleArchive, checkArchive, inspectArchive, type BodyOf } from '@reprise/contracts';
import { MessageBus } from '@reprise/messaging-core';
import { OnWork, Participation, type SegmentRef } from '@reprise/nest-kit';
import { Controller } from '@nestjs/common';
import { AssembleArchive } from './assemble-archive.js';
import { CheckArchive } from './check-archive.js';
import { InspectArchive } from './inspect-archive.js';

/** Few archives at a time: reading one takes all threads of the process, and assembling one memory for its directory. */
@Controller()
export class ArchiveWorkerController {
  private readonly participation: Participation;

  constructor(
    private readonly assembly: AssembleArchive,
    private readonly inspection: InspectArchive,
    private readonly checking: CheckArchive,
    bus: MessageBus,
  ) {
    this.participation = new Participation(bus);
  }

  @OnWork(assembleArchive, { concurrency: 4, dead: 'giveUp' })
  assemble(task: BodyOf<typeof assembleArchive>): Promise<void> {
    return this.participation.run(assembleArchive, task, (alive) => this.assembly.run(task, alive));
  }

  @OnWork(inspectArchive, { concurrency: 2, dead: 'giveUp' })
  inspect(task: BodyOf<typeof inspectArchive>): Promise<void> {
    return this.participation.run(inspectArchive, task, (alive) => this.inspection.run(task, alive));
  }

  @OnWork(checkArchive, { dead: 'giveUp' })
  check(task: BodyOf<typeof checkArchive>): Promise<void> {
    return this.participation.run(checkArchive, task, (alive, tell) => this.checking.run(task, alive, tell));
  }

  giveUp(task: SegmentRef, error: unknown): Promise<void> {
    return this.participation.dead(task, error);
  }
}
