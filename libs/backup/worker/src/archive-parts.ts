import { ATTACHMENTS, type ArchivePart } from '@reprise/backup-archive';
import type { AssembleTask } from '@reprise/contracts';
import { toNetJson } from '@reprise/json-text';

/** All of an archive in Squidex's order: the version first, the users last. `users` are e-mails by id. */
export function archiveParts(
  { snapshot: { registry, assets }, segments }: Pick<AssembleTask, 'snapshot' | 'segments'>,
  avatar: Uint8Array | undefined,
  users: Record<string, string>,
): ArchivePart[] {
  return [
    { name: ATTACHMENTS.version, content: '{"major":5}' },
    { name: ATTACHMENTS.urls, content: toNetJson({ assets: registry.urls.assets, assetsApp: registry.urls.assetsApp }) },
    ...segments.flatMap(({ fragments, joined }) => fragments.map(({ key }) => ({ fragment: key, joined }))),
    ...(avatar ? [{ name: ATTACHMENTS.avatar, content: avatar }] : []),
    { name: ATTACHMENTS.settings, content: registry.settings },
    { name: ATTACHMENTS.tags, content: assets.tags },
    ...(assets.aliases === undefined ? [] : [{ name: ATTACHMENTS.tagAliases, content: assets.aliases }]),
    { manifest: true },
    { name: ATTACHMENTS.users, content: toNetJson(users) },
  ];
}
