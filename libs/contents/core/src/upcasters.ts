import type { Upcaster } from '@reprise/event-store-core';
import { contentArchived } from './content/upcasters/content-archived.js';
import { contentChangesDiscarded } from './content/upcasters/content-changes-discarded.js';
import { contentChangesPublished } from './content/upcasters/content-changes-published.js';
import { contentCreatedV1 } from './content/upcasters/content-created.js';
import { contentPublished } from './content/upcasters/content-published.js';
import { contentRestored } from './content/upcasters/content-restored.js';
import { contentStatusChangedV1 } from './content/upcasters/content-status-changed.js';
import { contentUnpublished } from './content/upcasters/content-unpublished.js';
import { contentUpdateProposed } from './content/upcasters/content-update-proposed.js';
import { ruleCreatedV1 } from './rule/upcasters/rule-created.js';
import { ruleUpdatedV1 } from './rule/upcasters/rule-updated.js';
import { schemaCreatedV1 } from './schema/upcasters/schema-created.js';
import { scriptsConfigured } from './schema/upcasters/scripts-configured.js';

/** Old types of schema, content and rule streams, as today's. */
export const contentsUpcasters: readonly Upcaster[] = [
  contentArchived,
  contentChangesDiscarded,
  contentChangesPublished,
  contentCreatedV1,
  contentPublished,
  contentRestored,
  contentStatusChangedV1,
  contentUnpublished,
  contentUpdateProposed,
  ruleCreatedV1,
  ruleUpdatedV1,
  schemaCreatedV1,
  scriptsConfigured,
];
