import type { AppState } from '@reprise/contracts';

export interface StatusInfo {
  status: string;
  color: string;
}

const USUAL_COLOR = '#8091a5';

/** In force where an app has no workflow of its own. */
const DEFAULT_STATUSES: StatusInfo[] = [
  { status: 'Archived', color: '#eb3142' },
  { status: 'Draft', color: '#8091a5' },
  { status: 'Published', color: '#4bb958' },
];

/** The statuses of a schema's contents: of the workflow that names the schema, else of one that is for all, else the default ones. */
export function statusesOf(app: AppState, schemaId: string): StatusInfo[] {
  const workflows = Object.values(app.workflows);
  const workflow = workflows.find((candidate) => candidate.schemaIds.includes(schemaId)) ?? workflows.find((candidate) => candidate.schemaIds.length === 0);
  if (!workflow) return DEFAULT_STATUSES;
  return Object.entries(workflow.steps).map(([status, step]) => ({ status, color: step.color ?? USUAL_COLOR }));
}

export function colorOf(statuses: StatusInfo[], status: string): string {
  return statuses.find((info) => info.status === status)?.color ?? USUAL_COLOR;
}
