import { setTimeout as pause } from 'node:timers/promises';
import { archiveDifferences } from '@reprise/backup-testing';
import { type ApiClient, differences, readApp } from '@reprise/gateway-client';
import type { Fault } from './faults.js';
import type { Undisturbed } from './input.js';
import { download, followBackup, restoreEnded, startBackup, startRestore } from './jobs.js';

/** Restores and backs up while faults happen, and keeps count of what that came to. */
export class Disturbed {
  readonly found: string[] = [];
  readonly names: string[] = [];
  private readonly injected = new Map<string, number>();
  private finished = 0;

  constructor(
    private readonly cluster: { client: ApiClient; url: string },
    private readonly reference: Undisturbed,
    private readonly random: () => number,
    private readonly say: (line: string) => void,
    /** Begins the names of the apps. */
    private readonly prefix = 'disturbed',
  ) {}

  /** One restore and one backup of what that has made, perhaps with a fault during each; what comes out is compared. */
  async round(during: { restore?: Fault; backup?: Fault }): Promise<void> {
    const { client, url } = this.cluster;
    const name = `${this.prefix}-${this.names.length + 1}`;
    this.names.push(name);
    const restore = await this.with(during.restore, async () => restoreEnded(client, await startRestore(client, this.reference.backupId, name)));
    if (restore.status !== 'Completed')
      return this.differ(`The restore of ${name} (${during.restore?.name}) ended as ${restore.status}: ${restore.error?.message}`);
    for (const { kind, id, left, right } of differences(this.reference.contents, await readApp(client, name)))
      this.differ(`${name} (${during.restore?.name}): ${kind} ${id} is ${JSON.stringify(right)} instead of ${JSON.stringify(left)}`);
    const backup = await this.with(during.backup, async () => followBackup(client, name, await startBackup(client, name, `backup-${name}`)));
    if (backup.status !== 'Completed') return this.differ(`The backup of ${name} (${during.backup?.name}) ended as ${backup.status}: ${backup.error?.message}`);
    const after = { entries: await download(url, backup), app: { id: restore.appId!, name } };
    for (const line of archiveDifferences(this.reference, after)) this.differ(`The archive of ${name} (${during.backup?.name}): ${line}`);
  }

  report(): string {
    const faults = [...this.injected.values()].reduce((sum, count) => sum + count, 0);
    const kinds = [...this.injected].map(([name, count]) => (count > 1 ? `${name} ${count} times` : name)).join(', ');
    return `${faults} faults injected (${kinds}); ${this.finished} jobs finished; ${this.found.length} differences found.`;
  }

  differ(line: string): void {
    this.found.push(line.slice(0, 1_000));
    this.say(`DIFFERENT ${line.slice(0, 1_000)}`);
  }

  /** The fault comes at a moment within what the job takes when nothing happens. */
  private async with<T>(fault: Fault | undefined, job: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const seconds = () => ((performance.now() - began) / 1_000).toFixed(1);
    const disturb = async () => {
      if (!fault) return;
      await pause(this.random() * this.reference.ms);
      this.say(`${fault.name} after ${seconds()} s`);
      this.injected.set(fault.name, (this.injected.get(fault.name) ?? 0) + 1);
      await fault.inject();
    };
    const [result] = await Promise.all([job(), disturb()]);
    this.finished++;
    this.say(`  the job has ended after ${seconds()} s`);
    return result;
  }
}
