import { emptyProgress, isCounting, type Job, JobStore, viewJob } from '@reprise/backup-core';
import type { JobView, Principal } from '@reprise/contracts';
import { Clock } from '@reprise/kernel';
import { Injectable } from '@nestjs/common';
import { Links } from './links.service.js';

/** Jobs as one who asks may see them. */
@Injectable()
export class JobViews {
  constructor(
    private readonly store: JobStore,
    private readonly links: Links,
    private readonly clock: Clock,
  ) {}

  async one(job: Job, principal: Principal): Promise<JobView> {
    const progress = isCounting(job) ? await this.store.progress(job.id) : emptyProgress();
    const isRequester = principal.actor === job.requester.actor;
    return viewJob(job, progress, { isRequester, now: this.clock.now(), sign: await this.links.signer() });
  }

  all(jobs: Job[], principal: Principal): Promise<JobView[]> {
    return Promise.all(jobs.map((job) => this.one(job, principal)));
  }
}
