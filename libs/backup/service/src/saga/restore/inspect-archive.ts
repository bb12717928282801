import { appNameProblem, type NameProblem } from '@reprise/app-registry-core';
import { type ArchiveReader, ATTACHMENTS, streamEntry } from '@reprise/backup-archive';
import { addLine, addWarnings, MAX_LISTED, type RestoreJob } from '@reprise/backup-core';
import type { Inspection } from '@reprise/backup-inspection';
import { findApp, matchUsers } from '@reprise/contracts';
import { collectGarbage, hasCode, RepriseError } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { avatarKey, findingsKey } from '../keys.js';
import { ArchiveInspection } from '../replay/archive-inspection.js';
import { Moves, type Run } from '../run.js';
import type { Findings } from './findings.js';

/** Looks at all of the archive before anything of it is taken over; a dry run ends here. */
@Injectable()
export class InspectArchive {
  constructor(
    private readonly objects: ArchiveObjects,
    private readonly inspections: ArchiveInspection,
    private readonly bus: MessageBus,
    private readonly moves: Moves,
  ) {}

  async run(job: RestoreJob, run: Run): Promise<void> {
    const { inspection, reader } = await this.inspections.run(job, run);
    const { users } = inspection.report;
    const usersToCreate = (await this.unknownUsers(users)).slice(0, MAX_LISTED);
    const report = (inspection.report = { ...inspection.report, users: users.slice(0, MAX_LISTED), usersToCreate });
    const name = job.requestedName ?? report.app.name;
    if (job.dryRun) return this.endDryRun(job, name, inspection, run);
    const found = appNameProblem(name);
    if (found) throw new RepriseError('invalid', found.code, unusable(name, found));
    await this.saveFindings(job, inspection, await this.saveAvatar(job, reader));
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
  private async endDryRun(job: RestoreJob, name: string, { report }: Inspection, run: Run): Promise<void> {
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

  /** The first image that there is, as Squidex takes it. */
  private async saveAvatar(job: RestoreJob, reader: ArchiveReader): Promise<Findings['avatar']> {
    const entry = reader.firstAttachment(ATTACHMENTS.avatar);
    if (!entry) return undefined;
    const key = avatarKey(job.id);
    const { size } = await this.objects.put(key, streamEntry(reader.source, entry));
    return { key, size };
  }

  private async saveFindings(job: RestoreJob, { app, attachments, segments, report }: Inspection, avatar: Findings['avatar']): Promise<void> {
    const { users, settings, tags, aliases, urls } = attachments;
    const lost = report.warnings.filter((line) => line.startsWith('The file '));
    const findings: Findings = {
      app,
      users,
      settings,
      tags,
      ...(aliases === undefined ? {} : { aliases }),
      ...(urls ? { urls } : {}),
      ...(avatar ? { avatar } : {}),
      segments,
      warnings: report.warnings.slice(0, report.warnings.length - lost.length),
    };
    await this.objects.put(findingsKey(job.id), Buffer.from(JSON.stringify(findings)));
    collectGarbage();
  }
}

function unusable(name: string, { problem }: NameProblem): string {
  return `The app in the archive is named '${name}'. ${problem} Restore it under another name.`;
}
