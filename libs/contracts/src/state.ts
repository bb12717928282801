import { z, type ZodType } from 'zod';

/**
 * The read models, in the shapes of Squidex's own snapshots, so that a restored app can be compared object by object.
 * Named ids are `"{id},{name}"`, actors `client:…` or `subject:…`, instants ISO with `Z`. `version` counts the events of
 * the object's stream from 0.
 */
export interface EntityState {
  id: string;
  version: number;
  isDeleted: boolean;
  created: string;
  createdBy: string;
  lastModified: string;
  lastModifiedBy: string;
}

/** Clients, roles, languages, workflows, contributors that an app may have of each: its state holds them all, and is made again with each of its events. */
export const MOST_OF_A_KIND = 5_000;

export interface AppClient {
  name: string;
  secret: string;
  role: string;
  apiCallsLimit: number;
  apiTrafficLimit: number;
  allowAnonymous: boolean;
}

export interface WorkflowTransition {
  expression: string | null;
  roles: string[] | null;
}

export interface WorkflowStep {
  transitions: Record<string, WorkflowTransition>;
  color: string | null;
  validate: boolean;
  noUpdateRules: WorkflowTransition | null;
}

export interface Workflow {
  name: string | null;
  initial: string;
  steps: Record<string, WorkflowStep>;
  schemaIds: string[];
}

export interface AppState extends EntityState {
  name: string;
  label: string | null;
  description: string | null;
  teamId: string | null;
  contributors: Record<string, string>;
  roles: Record<string, { permissions: string[]; properties: Record<string, unknown> }>;
  plan: { owner: string; planId: string } | null;
  clients: Record<string, AppClient>;
  image: { mimeType: string; etag: string | null } | null;
  settings: {
    patterns: { name: string; regex: string; message: string | null }[];
    editors: { name: string; url: string }[];
    hideScheduler: boolean;
    hideDateTimeModeButton: boolean;
  };
  assetScripts: Record<string, string | null>;
  languages: { languages: Record<string, { fallback: string[]; isOptional: boolean }>; master: string };
  workflows: Record<string, Workflow>;
}

export interface SchemaField {
  id: number;
  name: string;
  partitioning: string | null;
  isHidden: boolean;
  isLocked: boolean;
  isDisabled: boolean;
  /** `$type` names the kind of field, `StringField` and so on. */
  properties: Record<string, unknown>;
  children: SchemaField[] | null;
}

export interface SchemaState extends EntityState {
  appId: string;
  type: string;
  name: string;
  category: string | null;
  isPublished: boolean;
  fields: SchemaField[];
  fieldRules: { action: string; field: string; condition: string | null }[];
  fieldsInLists: string[];
  fieldsInReferences: string[];
  scripts: Record<string, string | null>;
  properties: Record<string, unknown>;
  previewUrls: Record<string, string>;
  /** The highest field id ever given, so that none is used twice. */
  schemaFieldsTotal: number;
}

export interface ContentVersion {
  status: string;
  /** JSON text, exactly as the event holds it. */
  data: string;
}

export interface ContentState extends EntityState {
  appId: string;
  schemaId: string;
  currentVersion: ContentVersion;
  /** A draft beside the published version. */
  newVersion: ContentVersion | null;
  scheduleJob: { id: string; status: string; dueTime: string; scheduledBy: string } | null;
}

export interface AssetState extends EntityState {
  appId: string;
  parentId: string;
  fileName: string;
  fileHash: string | null;
  mimeType: string;
  slug: string;
  fileSize: number;
  fileVersion: number;
  totalSize: number;
  isProtected: boolean;
  /** Tag ids. */
  tags: string[];
  metadata: Record<string, unknown>;
  type: string;
  /** Where the current file lies in the asset store. Ours, not Squidex's. */
  objectKey: string;
}

export interface AssetFolderState extends EntityState {
  appId: string;
  parentId: string;
  folderName: string;
}

export interface RuleState extends EntityState {
  appId: string;
  name: string | null;
  trigger: Record<string, unknown>;
  flow: Record<string, unknown>;
  isEnabled: boolean;
}

/** Replies come from our own services: checked for being an entity, typed as what it is. */
function entity<T extends EntityState>(): ZodType<T> {
  return z.looseObject({ id: z.string(), version: z.number().int() }) as unknown as ZodType<T>;
}

export const AppStateSchema = entity<AppState>();
export const SchemaStateSchema = entity<SchemaState>();
export const ContentStateSchema = entity<ContentState>();
export const AssetStateSchema = entity<AssetState>();
export const AssetFolderStateSchema = entity<AssetFolderState>();
export const RuleStateSchema = entity<RuleState>();
