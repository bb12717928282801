import { workflowOf } from '@reprise/app-registry-core';
import type { AppState } from '@reprise/contracts';

export interface StatusInfo {
  status: string;
  color: string;
}

const USUAL_COLOR = '#8091a5';

/** The statuses of a schema's contents, as its workflow has them. */
export function statusesOf(app: AppState, schemaId: string): StatusInfo[] {
  return Object.entries(workflowOf(app, schemaId).steps).map(([status, step]) => ({ status, color: step.color ?? USUAL_COLOR }));
}

export function colorOf(statuses: StatusInfo[], status: string): string {
  return statuses.find((info) => info.status === status)?.color ?? USUAL_COLOR;
}
