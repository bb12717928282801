import { addLine, addWarnings, MAX_LISTED, type RestoreJob, type RestoreReport } from '@reprise/backup-core';
import type { Findings } from '@reprise/backup-inspection';
import { findApp, matchUsers } from '@reprise/contracts';
import { appNameProblem, type NameProblem } from '@reprise/app-registry-core';
import { hasCode, RepriseError } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { Injectable } from '@nestjs/common';
import { Moves, type Run } from '../run.js';
import { TaskFindings } from '../task-findings.js';

/** The archive was inspected before anything of it is taken over: what is it, and under which name? A dry run ends here. */
@Injectable()
export class PlanRestore {
  constructor(
    private readonly found: TaskFindings,
    private readonly bus: MessageBus,
    private readonly moves: Moves,
  ) {}

  async run(job: RestoreJob, run: Run): Promise<void> {
    const { report: inspected } = await this.found.read<Findings>(job, 'inspect');
    const { users } = inspected;
    const usersToCreate = (await this.unknownUsers(users)).slice(0, MAX_LISTED);
    const report = { ...inspected, users: users.slice(0, MAX_LISTED), usersToCreate };
    const name = job.requestedName ?? report.app.name;
    if (job.dryRun) return this.endDryRun(job, name, report, run);
    const found = appNameProblem(name);
    if (found) throw new RepriseError('invalid', found.code, unusable(name, found));
    await this.moves.from(job, run, (current, now) => ({
      ...current,
      stage: 'preparing',
      // From the next step on something of it may be with the participants.
      touched: true,
      name,
      report,
      totalEvents: report.events,
      totalAssets: report.assets,
      lostAssets: report.missingAssets,
      log: addLine(current.log, now, 'Creating Users'),
    }));
  }

  private async unknownUsers(emails: string[]): Promise<string[]> {
    const known = new Set((await this.bus.request(matchUsers, { emails })).known);
    return emails.filter((email) => !known.has(email));
  }

  /** What was found is stored before the archive goes: a kill in between must not cost the report. */
  private async endDryRun(job: RestoreJob, name: string, report: RestoreReport, run: Run): Promise<void> {
    const warnings = [...report.warnings, ...(await this.nameWarnings(name))];
    await this.moves.from(job, run, (current, now) => {
      const line = `Inspected ${report.events} events and ${report.attachments} attachments. Nothing was restored.`;
      const log = addLine(addWarnings(current.log, now, warnings), now, line);
      return {
        ...current,
        stage: 'cleaning',
        name,
        report: { ...report, warnings },
        totalEvents: report.events,
        totalAssets: report.assets,
        lostAssets: report.missingAssets,
        log,
      };
    });
  }

  /** Why a restore under the name would fail now. Nothing is reserved. */
  private async nameWarnings(name: string): Promise<string[]> {
    const found = appNameProblem(name);
    if (found) return [unusable(name, found)];
    try {
      await this.bus.request(findApp, { name });
      return [`There is an app named ${name} already. Restore under another name.`];
    } catch (error) {
      if (hasCode(error, 'apps.not-found')) return [];
      throw error;
    }
  }
}

function unusable(name: string, { problem }: NameProblem): string {
  return `The app in the archive is named '${name}'. ${problem} Restore it under another name.`;
}
