import { Injectable } from '@nestjs/common';
import { RegistryStore, type Avatar } from '@reprise/app-registry-core';
import type { BodyOf, importRegistry, ReplyOf } from '@reprise/contracts';
import { EventLogReader, refuseLate } from '@reprise/event-store-core';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import { assetsUrl } from './urls.js';
import { RegistryConfig } from '../registry.config.js';

/** A restore's settings, avatar and users. May run again: everything is keyed by the app and the job. */
@Injectable()
export class RegistryImport {
  constructor(
    private readonly registry: RegistryStore,
    private readonly assets: AssetObjects,
    private readonly archives: ArchiveObjects,
    private readonly reader: EventLogReader,
    private readonly config: RegistryConfig,
  ) {}

  async run({ jobId, appId, settings, users, createUsers, avatar }: BodyOf<typeof importRegistry>): Promise<ReplyOf<typeof importRegistry>> {
    await refuseLate(this.reader, appId);
    // Zero bytes stand for an image that the archive's writer didn't find.
    const copied = avatar && avatar.size > 0 ? await this.copyAvatar(appId, jobId, avatar) : undefined;
    try {
      await this.registry.profiles.put(appId, copied ? { settings, avatar: copied } : { settings });
    } catch (error) {
      // Discarded meanwhile: nothing of it may stay.
      if (copied) await this.assets.delete(copied.key);
      throw error;
    }
    const emails = [...new Set(Object.values(users))].filter((email) => email.trim() !== '');
    const { ids, created } = await this.registry.users.resolve(emails, createUsers ? { jobId, appId } : undefined);
    const mapped = Object.entries(users).flatMap(([theirs, email]) => (ids[email] === undefined ? [] : [[theirs, ids[email]] as const]));
    return { users: Object.fromEntries(mapped), created, urls: { assets: assetsUrl(this.config.baseUrl) } };
  }

  private async copyAvatar(appId: string, jobId: string, { key: from }: Avatar): Promise<Avatar> {
    const key = `${avatarPrefix(appId)}${jobId}`;
    const { size } = await this.assets.compose(key, [{ from: this.archives, key: from }]);
    return { key, size };
  }
}

/** All avatars of an app, in the asset store. */
export function avatarPrefix(appId: string): string {
  return `${appId}/avatar-`;
}
