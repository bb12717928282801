import type { AppRef, ContentState } from '@reprise/contracts';
import { RawJson } from '@reprise/json-text';
import { del, get, path, put } from '../http/links.js';
import { splitNamedId } from '../schemas/schema.dto.js';
import { colorOf, type StatusInfo } from './statuses.js';

/** Squidex's ContentDto. The data goes out as the event holds it, letter by letter; `unpublished` shows the draft where there is one. */
export function contentDto(app: AppRef, content: ContentState, statuses: StatusInfo[], options: { unpublished: boolean }) {
  const { currentVersion, newVersion, scheduleJob } = content;
  const schema = splitNamedId(content.schemaId);
  const self = path`/api/content/${app.name}/${schema.name}/${content.id}`;
  const shown = options.unpublished && newVersion ? newVersion : currentVersion;
  return {
    id: content.id,
    createdBy: content.createdBy,
    lastModifiedBy: content.lastModifiedBy,
    data: new RawJson(shown.data),
    created: content.created,
    lastModified: content.lastModified,
    status: currentVersion.status,
    statusColor: colorOf(statuses, currentVersion.status),
    newStatus: newVersion?.status,
    newStatusColor: newVersion ? colorOf(statuses, newVersion.status) : undefined,
    scheduleJob: scheduleJob ? { ...scheduleJob, color: colorOf(statuses, scheduleJob.status) } : undefined,
    schemaId: schema.id,
    schemaName: schema.name,
    schemaDisplayName: schema.name,
    isDeleted: content.isDeleted,
    version: content.version,
    _links: { self: get(self), update: put(self), delete: del(self), status: put(`${self}/status`) },
  };
}
