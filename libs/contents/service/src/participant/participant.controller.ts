import { Controller } from '@nestjs/common';
import { compareContents, discardContents, rebuildContents } from '@reprise/contracts';
import type { BodyOf } from '@reprise/contracts';
import type { ErrorBody } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { OnWork, Participation } from '@reprise/nest-kit';
import { ContentsModel } from '../model/contents-model.js';

type Task = BodyOf<typeof discardContents>;

/** Backup and restore: everything here follows from the log, so there is nothing to export and all to rebuild. */
@Controller()
export class ParticipantController {
  private readonly participation: Participation;

  constructor(
    private readonly model: ContentsModel,
    bus: MessageBus,
  ) {
    this.participation = new Participation(bus);
  }

  @OnWork(rebuildContents, { dead: 'giveUp' })
  rebuild(task: BodyOf<typeof rebuildContents>): Promise<void> {
    return this.participation.run(rebuildContents, task, async (alive) => {
      await this.model.rebuild(task.appId, task.to, alive);
      return { objects: await this.model.counts(task.appId) };
    });
  }

  @OnWork(compareContents, { dead: 'giveUp' })
  compare(task: BodyOf<typeof compareContents>): Promise<void> {
    const { appId: shadow, live, to } = task;
    return this.participation.run(compareContents, task, async (alive) => ({ comparison: await this.model.compare({ live, shadow, to }, alive) }));
  }

  @OnWork(discardContents, { dead: 'giveUp' })
  discard(task: Task): Promise<void> {
    return this.participation.run(discardContents, task, async () => {
      await this.model.discard(task.appId);
      return {};
    });
  }

  giveUp(task: Task, error: ErrorBody): Promise<void> {
    return this.participation.dead(task, error);
  }
}
