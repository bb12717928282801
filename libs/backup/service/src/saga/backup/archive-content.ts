import { ATTACHMENTS, type ArchivePart } from '@reprise/backup-archive';
import type { BackupJob, Segment } from '@reprise/backup-core';
import { toNetJson } from '@reprise/json-text';
import { fragmentsOf } from './fragments.js';

/** All of an archive in Squidex's order: the version first, the users last. `users` are e-mails by id. */
export function archiveParts(job: BackupJob, segments: Segment[], avatar: Uint8Array | undefined, users: Record<string, string>): ArchivePart[] {
  const { registry, assets } = job.snapshot!;
  return [
    { name: ATTACHMENTS.version, content: '{"major":5}' },
    { name: ATTACHMENTS.urls, content: toNetJson({ assets: registry.urls.assets, assetsApp: registry.urls.assetsApp }) },
    ...segments.flatMap((segment) => {
      const { fragments, joined } = fragmentsOf(job, segment);
      return fragments.map(({ key }) => ({ fragment: key, joined }));
    }),
    ...(avatar ? [{ name: ATTACHMENTS.avatar, content: avatar }] : []),
    { name: ATTACHMENTS.settings, content: registry.settings },
    { name: ATTACHMENTS.tags, content: assets.tags },
    ...(assets.aliases === undefined ? [] : [{ name: ATTACHMENTS.tagAliases, content: assets.aliases }]),
    { manifest: true },
    { name: ATTACHMENTS.users, content: toNetJson(users) },
  ];
}

/** As Squidex names it, in UTC. */
export function archiveFileName(appName: string, started: string): string {
  return `backup-${appName}-${started.slice(0, 10)}_${started.slice(11, 19).replaceAll(':', '-')}.zip`;
}
