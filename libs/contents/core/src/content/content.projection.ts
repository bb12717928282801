import type { ContentState } from '@reprise/contracts';
import { reducersByType } from '@reprise/read-models-core';
import type { Projection } from '@reprise/read-models-core';
import { idOfNamed } from '../named-id.js';
import { contentCreated } from './events/content-created.js';
import { contentDeleted } from './events/content-deleted.js';
import { contentDraftCreated } from './events/content-draft-created.js';
import { contentDraftDeleted } from './events/content-draft-deleted.js';
import { contentSchedulingCancelled } from './events/content-scheduling-cancelled.js';
import { contentStatusChanged } from './events/content-status-changed.js';
import { contentStatusScheduled } from './events/content-status-scheduled.js';
import { contentUpdated } from './events/content-updated.js';
import { PUBLISHED } from './status.js';

/** Contents, listed under their schema, by their last change. */
export const contentProjection: Projection<ContentState> = {
  kind: 'content',
  reducers: reducersByType<ContentState>([
    contentCreated,
    contentDeleted,
    contentDraftCreated,
    contentDraftDeleted,
    contentSchedulingCancelled,
    contentStatusChanged,
    contentStatusScheduled,
    contentUpdated,
  ]),
  row: (state) => ({
    parent: idOfNamed(state.schemaId),
    name: null,
    // Without the Z a whole second comes before its fractions.
    order: state.lastModified.replace('Z', ''),
    visible: !state.isDeleted,
    published: state.currentVersion.status === PUBLISHED,
  }),
};
