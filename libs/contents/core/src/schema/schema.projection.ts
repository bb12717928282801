import type { SchemaState } from '@reprise/contracts';
import { reducersByType } from '@reprise/read-models-core';
import type { Projection } from '@reprise/read-models-core';
import { fieldAdded } from './events/field-added.js';
import { fieldDeleted } from './events/field-deleted.js';
import { fieldDisabled } from './events/field-disabled.js';
import { fieldEnabled } from './events/field-enabled.js';
import { fieldHidden } from './events/field-hidden.js';
import { fieldLocked } from './events/field-locked.js';
import { fieldShown } from './events/field-shown.js';
import { fieldUpdated } from './events/field-updated.js';
import { schemaCategoryChanged } from './events/schema-category-changed.js';
import { schemaCreated } from './events/schema-created.js';
import { schemaDeleted } from './events/schema-deleted.js';
import { schemaFieldRulesConfigured } from './events/schema-field-rules-configured.js';
import { schemaFieldsReordered } from './events/schema-fields-reordered.js';
import { schemaPreviewUrlsConfigured } from './events/schema-preview-urls-configured.js';
import { schemaPublished } from './events/schema-published.js';
import { schemaScriptsConfigured } from './events/schema-scripts-configured.js';
import { schemaUIFieldsConfigured } from './events/schema-ui-fields-configured.js';
import { schemaUnpublished } from './events/schema-unpublished.js';
import { schemaUpdated } from './events/schema-updated.js';

/** Schemas, found and listed by name. */
export const schemaProjection: Projection<SchemaState> = {
  kind: 'schema',
  reducers: reducersByType<SchemaState>([
    fieldAdded,
    fieldDeleted,
    fieldDisabled,
    fieldEnabled,
    fieldHidden,
    fieldLocked,
    fieldShown,
    fieldUpdated,
    schemaCategoryChanged,
    schemaCreated,
    schemaDeleted,
    schemaFieldRulesConfigured,
    schemaFieldsReordered,
    schemaPreviewUrlsConfigured,
    schemaPublished,
    schemaScriptsConfigured,
    schemaUIFieldsConfigured,
    schemaUnpublished,
    schemaUpdated,
  ]),
  row: (state) => ({ parent: null, name: state.name, order: state.name, visible: !state.isDeleted, published: state.isPublished }),
};
