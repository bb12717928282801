import { isFinished, JobStore } from '@reprise/backup-core';
import { livingApps } from '@reprise/contracts';
import { EventLogReader } from '@reprise/event-store-core';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { currentVersion, KEPT, keptOf } from './saga/backup/fragments.js';

const APPS_AT_ONCE = 1_000;

/**
 * Removes the fragments that no backup will take over any more: of apps that are gone, of an epoch before an erasure, of another format. Nothing
 * depends on it, and it may run beside backups: one that loses a fragment makes it again.
 */
@Injectable()
export class KeptFragments {
  constructor(
    private readonly store: JobStore,
    private readonly log: EventLogReader,
    private readonly objects: ArchiveObjects,
    private readonly bus: MessageBus,
  ) {}

  async sweepAll(): Promise<void> {
    await this.sweep(await this.versions(KEPT));
  }

  async sweepApp(appId: string): Promise<void> {
    await this.sweep(await this.versions(keptOf(appId)));
  }

  /** What lies there: versions by app. */
  private async versions(prefix: string): Promise<Map<string, Set<string>>> {
    const found = new Map<string, Set<string>>();
    for await (const { key } of this.objects.list(prefix)) {
      const [, appId, version] = key.split('/');
      const versions = found.get(appId!) ?? new Set();
      found.set(appId!, versions.add(version!));
    }
    return found;
  }

  private async sweep(found: Map<string, Set<string>>): Promise<void> {
    const apps = [...found.keys()];
    for (let from = 0; from < apps.length; from += APPS_AT_ONCE) {
      const ids = apps.slice(from, from + APPS_AT_ONCE);
      const living = new Set((await this.bus.request(livingApps, { ids })).living);
      for (const appId of ids) {
        if (living.has(appId)) await this.removeOld(appId, found.get(appId)!);
        else await this.removeAll(appId);
      }
    }
  }

  private async removeOld(appId: string, versions: Set<string>): Promise<void> {
    const current = currentVersion((await this.log.head(appId)).epoch);
    for (const version of versions) if (version !== current) await this.objects.deleteAll(`${keptOf(appId)}${version}/`);
  }

  /** A last backup of a deleted app may still need them; they go the next time. */
  private async removeAll(appId: string): Promise<void> {
    const open = await this.store.list({ kind: 'backup', appId, needsWork: true });
    if (open.every(isFinished)) await this.objects.deleteAll(keptOf(appId));
  }
}
