import { Injectable } from '@nestjs/common';
import { TagStore } from '@reprise/assets-core';
import type { AssetState } from '@reprise/contracts';

@Injectable()
export class TagNames {
  constructor(private readonly tags: TagStore) {}

  /** Names by id of all tags that the assets bear. */
  async of(appId: string, assets: readonly AssetState[]): Promise<Record<string, string>> {
    const borne = new Set(assets.flatMap((asset) => asset.tags));
    if (borne.size === 0) return {};
    const { tags } = await this.tags.read(appId);
    return Object.fromEntries(tags.filter(({ id }) => borne.has(id)).map(({ id, name }) => [id, name]));
  }

  /** How many assets bear each name; those that none bears are left out. */
  async counts(appId: string): Promise<Record<string, number>> {
    const counts = new Map<string, number>();
    for (const { name, count } of (await this.tags.read(appId)).tags) counts.set(name, (counts.get(name) ?? 0) + count);
    return Object.fromEntries([...counts].filter(([, count]) => count > 0));
  }
}
