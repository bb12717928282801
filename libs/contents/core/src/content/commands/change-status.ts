import { workflowOf } from '@reprise/app-registry-core';
import type { ContentState, SchemaState, Workflow } from '@reprise/contracts';
import type { DecidedEvent } from '@reprise/read-models-core';
import { invalid } from '../../problems.js';
import { existingContent } from '../existing-content.js';
import { editedVersion, PUBLISHED } from '../status.js';
import { type AppSettings, validateData } from '../validate-data.js';
import { contentEvent } from './content-event.js';

/** Error `contents.status-invalid`. */
export function checkStatus(status: string, { steps }: Workflow): void {
  if (Object.hasOwn(steps, status)) return;
  throw invalid('contents.status-invalid', [`status: Status is not defined in the workflow, which has ${Object.keys(steps).join(', ')}.`]);
}

/** The status that it has already is no change. Errors: `contents.not-found`, `contents.status-invalid`, `contents.invalid` for what may not be published. */
export function changeStatus(state: ContentState | undefined, schema: SchemaState, app: AppSettings, status: string): DecidedEvent[] {
  const content = existingContent(state, schema);
  checkStatus(status, workflowOf(app, schema.id));
  const before = editedVersion(content);
  if (before.status === status) return [];
  if (status === PUBLISHED && publishingIsChecked(schema)) validateData(before.data, { schema, app, publish: true, before: before.data });
  const change = status === PUBLISHED ? 'Published' : before.status === PUBLISHED ? 'Unpublished' : 'Change';
  return [contentEvent('ContentStatusChangedEventV2', { change, status, newVersion: false }, content.id, schema)];
}

/** Old contents may break rules that their schema got later: only what asks for it is checked on publishing. */
function publishingIsChecked(schema: SchemaState): boolean {
  return schema.properties['validateOnPublish'] === true || schema.fields.some(({ properties }) => properties['isRequiredOnPublish'] === true);
}
