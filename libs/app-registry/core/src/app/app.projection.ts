import type { AppState } from '@reprise/contracts';
import { reducersByType, type Projection } from '@reprise/read-models-core';
import { appAssetScriptsConfigured } from './events/app-asset-scripts-configured.js';
import { appClientAttached } from './events/app-client-attached.js';
import { appClientRevoked } from './events/app-client-revoked.js';
import { appClientUpdated } from './events/app-client-updated.js';
import { appContributorAssigned } from './events/app-contributor-assigned.js';
import { appContributorRemoved } from './events/app-contributor-removed.js';
import { appCreated } from './events/app-created.js';
import { appDeleted } from './events/app-deleted.js';
import { appImageRemoved } from './events/app-image-removed.js';
import { appImageUploaded } from './events/app-image-uploaded.js';
import { appLanguageAdded } from './events/app-language-added.js';
import { appLanguageRemoved } from './events/app-language-removed.js';
import { appLanguageUpdated } from './events/app-language-updated.js';
import { appPatternAdded } from './events/app-pattern-added.js';
import { appPatternUpdated } from './events/app-pattern-updated.js';
import { appPlanChanged } from './events/app-plan-changed.js';
import { appPlanReset } from './events/app-plan-reset.js';
import { appRoleAdded } from './events/app-role-added.js';
import { appRoleDeleted } from './events/app-role-deleted.js';
import { appRoleUpdated } from './events/app-role-updated.js';
import { appSettingsUpdated } from './events/app-settings-updated.js';
import { appTransfered } from './events/app-transfered.js';
import { appUpdated } from './events/app-updated.js';
import { appWorkflowAdded } from './events/app-workflow-added.js';
import { appWorkflowDeleted } from './events/app-workflow-deleted.js';
import { appWorkflowUpdated } from './events/app-workflow-updated.js';

/** How an app's settings are built from its stream. Types without an entry count in the version and change nothing. */
export const appProjection: Projection<AppState> = {
  kind: 'app',
  reducers: reducersByType<AppState>([
    appAssetScriptsConfigured,
    appClientAttached,
    appClientRevoked,
    appClientUpdated,
    appContributorAssigned,
    appContributorRemoved,
    appCreated,
    appDeleted,
    appImageRemoved,
    appImageUploaded,
    appLanguageAdded,
    appLanguageRemoved,
    appLanguageUpdated,
    appPatternAdded,
    appPatternUpdated,
    appPlanChanged,
    appPlanReset,
    appRoleAdded,
    appRoleDeleted,
    appRoleUpdated,
    appSettingsUpdated,
    appTransfered,
    appUpdated,
    appWorkflowAdded,
    appWorkflowDeleted,
    appWorkflowUpdated,
  ]),
  row: (app) => ({ parent: null, name: app.name, order: app.name, visible: !app.isDeleted, published: true }),
};
