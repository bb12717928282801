import { checkAdministrator } from '@reprise/access';
import { appNameProblem } from '@reprise/app-registry-core';
import { archiveOf, JobStore, newRestore } from '@reprise/backup-core';
import { beginArchiveUpload, findRestore, listRestores, startRestore, type BodyOf, type ReplyOf, type RestoreSource } from '@reprise/contracts';
import { Clock, newId, RepriseError } from '@reprise/kernel';
import { OnRequest } from '@reprise/nest-kit';
import { Controller } from '@nestjs/common';
import { JobViews } from './access/job-views.service.js';
import { maySeeJob } from './access/rights.js';
import { JobRunner } from './saga/job-runner.js';

/** Restores as persons ask for them: start, list, look at one. */
@Controller()
export class RestoresController {
  constructor(
    private readonly store: JobStore,
    private readonly runner: JobRunner,
    private readonly views: JobViews,
    private readonly clock: Clock,
  ) {}

  @OnRequest(startRestore)
  async start({ principal, key, source, name, dryRun }: BodyOf<typeof startRestore>): Promise<ReplyOf<typeof startRestore>> {
    checkAdministrator(principal);
    const problems = [...nameProblems(name), ...urlProblems(source)];
    if (problems.length > 0) throw new RepriseError('invalid', 'restores.invalid', 'Validation error', { details: problems });
    await this.assertBackup(source);
    const start = { id: newId(), principal, key, now: this.clock.now(), source, appId: newId(), name: name || undefined, dryRun: dryRun ?? false };
    const job = await this.store.createRestore(newRestore(start));
    await this.runner.wake(job.id);
    return { jobId: job.id };
  }

  @OnRequest(listRestores)
  async list({ principal }: BodyOf<typeof listRestores>): Promise<ReplyOf<typeof listRestores>> {
    const jobs = await this.store.list({ kind: 'restore', ...(principal.administrator ? {} : { actor: principal.actor }) });
    return { jobs: await this.views.all(jobs, principal) };
  }

  @OnRequest(findRestore)
  async find({ principal, jobId }: BodyOf<typeof findRestore>): Promise<ReplyOf<typeof findRestore>> {
    const job = await this.store.find(jobId);
    if (job?.kind !== 'restore' || !maySeeJob(principal, job)) throw new RepriseError('not-found', 'restores.not-found', 'The restore does not exist.');
    return { job: await this.views.one(job, principal) };
  }

  @OnRequest(beginArchiveUpload)
  async beginUpload({ principal }: BodyOf<typeof beginArchiveUpload>): Promise<ReplyOf<typeof beginArchiveUpload>> {
    checkAdministrator(principal);
    const key = `uploads/${newId()}`;
    await this.store.beginUpload(key);
    return { key };
  }

  private async assertBackup(source: RestoreSource): Promise<void> {
    if (source.kind !== 'backup') return;
    if (!archiveOf(await this.store.find(source.backupId))) {
      throw new RepriseError('not-found', 'backups.not-found', 'The backup does not exist, or it is not completed.');
    }
  }
}

/** An empty name is none. */
function nameProblems(name: string | undefined): string[] {
  const found = name ? appNameProblem(name) : undefined;
  return found ? [`name: ${found.problem}`] : [];
}

function urlProblems(source: RestoreSource): string[] {
  if (source.kind !== 'url') return [];
  if (!URL.canParse(source.url)) return ['url: Url is not a valid URL.'];
  return ['http:', 'https:'].includes(new URL(source.url).protocol) ? [] : ['url: Url must begin with http or https.'];
}
