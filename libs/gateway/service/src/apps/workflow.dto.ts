import type { AppState, Workflow, WorkflowStep } from '@reprise/contracts';
import { get, path } from '../http/links.js';

/** Squidex's WorkflowsDto. */
export function workflowsDto(app: AppState) {
  const items = Object.entries(app.workflows).map(([id, workflow]) => workflowDto(id, workflow));
  return { items, errors: [], _links: { self: get(path`/api/apps/${app.name}/workflows`) } };
}

function workflowDto(id: string, workflow: Workflow) {
  return {
    id,
    name: workflow.name ?? undefined,
    initial: workflow.initial,
    schemaIds: workflow.schemaIds,
    steps: Object.fromEntries(Object.entries(workflow.steps).map(([status, step]) => [status, stepDto(step)])),
    _links: {},
  };
}

function stepDto(step: WorkflowStep) {
  const transitions = Object.entries(step.transitions).map(([to, { expression, roles }]) => [
    to,
    { expression: expression ?? undefined, roles: roles ?? undefined },
  ]);
  return {
    transitions: Object.fromEntries(transitions) as Record<string, { expression?: string; roles?: string[] }>,
    color: step.color ?? undefined,
    validate: step.validate,
    noUpdate: step.noUpdateRules !== null,
    noUpdateExpression: step.noUpdateRules?.expression ?? undefined,
    noUpdateRoles: step.noUpdateRules?.roles ?? undefined,
  };
}
