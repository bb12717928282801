import { encodeMapping, type RestoreMapping } from '@reprise/backup-archive';
import { addLine, addWarnings, mappingKey, MAX_LISTED, type RestoreJob } from '@reprise/backup-core';
import { type Findings, warningsOf } from '@reprise/backup-inspection';
import { importAssetMetadata, importRegistry, reserveName, type ReplyOf } from '@reprise/contracts';
import { collectGarbage, hasCode, RepriseError } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { Moves, type Run } from '../run.js';
import { TaskFindings } from '../task-findings.js';

/** Reserves the name, maps the users, and hands over what stands beside the events. */
@Injectable()
export class PrepareRestore {
  constructor(
    private readonly objects: ArchiveObjects,
    private readonly found: TaskFindings,
    private readonly bus: MessageBus,
    private readonly moves: Moves,
  ) {}

  async run(job: RestoreJob, run: Run): Promise<void> {
    const findings = await this.found.read<Findings>(job, 'inspect');
    const { attachments, avatar } = findings;
    // Settings, users and tags may have megabytes, which each step turns into texts and messages.
    collectGarbage();
    await this.reserve(job);
    run.signal.throwIfAborted();
    await run.hold();
    const registry = await this.bus.request(importRegistry, {
      jobId: job.id,
      appId: job.appId,
      settings: attachments.settings,
      users: attachments.users,
      createUsers: job.requester.administrator,
      ...(avatar ? { avatar } : {}),
    });
    collectGarbage();
    await run.hold();
    await this.bus.request(importAssetMetadata, {
      jobId: job.id,
      appId: job.appId,
      tags: attachments.tags,
      ...(attachments.aliases === undefined ? {} : { aliases: attachments.aliases }),
    });
    collectGarbage();
    await this.objects.put(mappingKey(job.id), encodeMapping(mappingOf(job, findings, registry)));
    await this.moves.from(
      job,
      run,
      (current, now) => ({
        ...current,
        stage: 'importing',
        stageStarted: now.toISOString(),
        report: { ...current.report!, usersToCreate: registry.created.slice(0, MAX_LISTED) },
        log: addWarnings(addLine(current.log, now, 'Created Users'), now, warningsOf(findings)),
      }),
      () => ({ add: findings.segments }),
    );
  }

  private async reserve(job: RestoreJob): Promise<void> {
    try {
      await this.bus.request(reserveName, { name: job.name!, appId: job.appId, holder: job.id });
    } catch (error) {
      if (!hasCode(error, 'apps.name-taken')) throw error;
      throw new RepriseError(
        'conflict',
        'apps.name-taken',
        `The app id or name is not available: there is an app named ${job.name} already. Restore under another name.`,
      );
    }
  }
}

function mappingOf(job: RestoreJob, { app, attachments: { urls } }: Findings, registry: ReplyOf<typeof importRegistry>): RestoreMapping {
  const { assets } = registry.urls;
  return {
    oldAppId: app.id,
    newAppId: job.appId,
    name: job.name!,
    users: registry.users,
    ...(urls ? { urls: { oldAssets: urls.assets, oldAssetsApp: urls.assetsApp, newAssets: assets, newAssetsApp: `${assets}${job.name}/` } } : {}),
  };
}
