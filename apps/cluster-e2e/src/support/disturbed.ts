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
  /** Faults that came before the job's end. */
  private inTime = 0;
  private finished = 0;
  /** So far: the first jobs of a cluster take longer, and what else the machine does comes and goes. */
  private readonly shortestMs: Undisturbed['ms'];

  constructor(
    private readonly cluster: { client: ApiClient; url: string },
    private readonly reference: Undisturbed,
    private readonly random: () => number,
    private readonly say: (line: string) => void,
    /** Begins the names of the apps. */
    private readonly prefix = 'disturbed',
  ) {
    this.shortestMs = { ...reference.ms };
  }

  /** One restore and one backup of what that has made, perhaps with faults during each; what comes out is compared. */
  async round({ restore: duringRestore = [], backup: duringBackup = [] }: { restore?: Fault[]; backup?: Fault[] }): Promise<void> {
    const { client, url } = this.cluster;
    const name = `${this.prefix}-${this.names.length + 1}`;
    this.names.push(name);
    const restore = await this.with('restore', duringRestore, async () => restoreEnded(client, await startRestore(client, this.reference.backupId, name)));
    if (restore.status !== 'Completed')
      return this.differ(`The restore of ${name} (${namesOf(duringRestore)}) ended as ${restore.status}: ${restore.error?.message}`);
    for (const { kind, id, left, right } of differences(this.reference.contents, await readApp(client, name)))
      this.differ(`${name} (${namesOf(duringRestore)}): ${kind} ${id} is ${JSON.stringify(right)} instead of ${JSON.stringify(left)}`);
    const backup = await this.with('backup', duringBackup, async () => followBackup(client, name, await startBackup(client, name, `backup-${name}`)));
    if (backup.status !== 'Completed')
      return this.differ(`The backup of ${name} (${namesOf(duringBackup)}) ended as ${backup.status}: ${backup.error?.message}`);
    const after = { entries: await download(url, backup), app: { id: restore.appId!, name } };
    for (const line of archiveDifferences(this.reference, after)) this.differ(`The archive of ${name} (${namesOf(duringBackup)}): ${line}`);
  }

  report(): string {
    const faults = [...this.injected.values()].reduce((sum, count) => sum + count, 0);
    const kinds = [...this.injected].map(([name, count]) => (count > 1 ? `${name} ${count} times` : name)).join(', ');
    return `${faults} faults injected, ${this.inTime} of them before the job's end (${kinds}); ${this.finished} jobs finished; ${this.found.length} differences found.`;
  }

  differ(line: string): void {
    this.found.push(line.slice(0, 1_000));
    this.say(`DIFFERENT ${line.slice(0, 1_000)}`);
  }

  /** The faults come one after the other, each at a moment within what such a job takes, or as soon as the one before is over. */
  private async with<T>(kind: 'restore' | 'backup', faults: Fault[], job: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const elapsed = () => performance.now() - began;
    const seconds = () => (elapsed() / 1_000).toFixed(1);
    let runs = true;
    const moments = faults.map(() => this.random() * this.shortestMs[kind]).sort((a, b) => a - b);
    const disturb = async () => {
      for (const [index, fault] of faults.entries()) {
        await pause(Math.max(0, moments[index]! - elapsed()));
        this.say(`${fault.name} after ${seconds()} s`);
        this.injected.set(fault.name, (this.injected.get(fault.name) ?? 0) + 1);
        if (runs) this.inTime++;
        await fault.inject();
      }
    };
    const followed = async () => {
      const result = await job();
      runs = false;
      this.shortestMs[kind] = Math.min(this.shortestMs[kind], elapsed());
      this.say(`  the job has ended after ${seconds()} s`);
      return result;
    };
    const [result] = await Promise.all([followed(), disturb()]);
    this.finished++;
    return result;
  }
}

function namesOf(faults: Fault[]): string {
  return faults.map(({ name }) => name).join(', ') || 'undisturbed';
}
