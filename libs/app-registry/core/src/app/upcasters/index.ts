import type { Upcaster } from '@reprise/event-store-core';
import { appArchived } from './app-archived.js';
import { appClientChanged } from './app-client-changed.js';
import { appClientRenamed } from './app-client-renamed.js';
import { appClientUpdatedV1 } from './app-client-updated.js';
import { appContributorAssignedV1 } from './app-contributor-assigned.js';
import { appPlanChangedV1 } from './app-plan-changed.js';
import { appWorkflowConfigured } from './app-workflow-configured.js';

/** Old types of app streams, as today's. */
export const appUpcasters: readonly Upcaster[] = [
  appArchived,
  appClientChanged,
  appClientRenamed,
  appClientUpdatedV1,
  appContributorAssignedV1,
  appPlanChangedV1,
  appWorkflowConfigured,
];
