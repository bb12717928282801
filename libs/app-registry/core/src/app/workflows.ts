import type { AppState, Workflow, WorkflowStep, WorkflowTransition } from '@reprise/contracts';
import { flag, member, objectOrNull, text, textOrNull, texts, textsOrNull } from '@reprise/json-text';

const open = (): WorkflowTransition => ({ expression: null, roles: null });

/** What a new workflow looks like, and what is in force while an app has none. */
export function defaultWorkflow(name: string | null): Workflow {
  return {
    initial: 'Draft',
    name,
    steps: {
      Archived: { noUpdateRules: open(), validate: false, color: '#eb3142', transitions: { Draft: open() } },
      Draft: { noUpdateRules: null, validate: false, color: '#8091a5', transitions: { Archived: open(), Published: open() } },
      Published: { noUpdateRules: null, validate: false, color: '#4bb958', transitions: { Archived: open(), Draft: open() } },
    },
    schemaIds: [],
  };
}

/** The workflow of a schema's contents: the one that names the schema, else one that is for all, else the default one. */
export function workflowOf({ workflows }: Pick<AppState, 'workflows'>, schemaId: string): Workflow {
  const all = Object.values(workflows);
  return all.find(({ schemaIds }) => schemaIds.includes(schemaId)) ?? all.find(({ schemaIds }) => schemaIds.length === 0) ?? defaultWorkflow(null);
}

/** A workflow as an event holds it, older spellings included. */
export function readWorkflow(payload: Record<string, unknown>): Workflow {
  const steps = objectOrNull(payload, 'steps') ?? {};
  return {
    initial: text(payload, 'initial'),
    name: textOrNull(payload, 'name'),
    steps: Object.fromEntries(Object.keys(steps).map((status) => [status, readStep(objectOrNull(steps, status) ?? {})])),
    schemaIds: texts(payload, 'schemaIds'),
  };
}

function readStep(step: Record<string, unknown>): WorkflowStep {
  const transitions = objectOrNull(step, 'transitions') ?? {};
  const rules = objectOrNull(step, 'noUpdateRules');
  return {
    // `noUpdate: true` is the older form of rules without a condition: never.
    noUpdateRules: rules ? readTransition(rules) : flag(step, 'noUpdate') ? open() : null,
    validate: flag(step, 'validate'),
    color: textOrNull(step, 'color'),
    transitions: Object.fromEntries(Object.keys(transitions).map((status) => [status, readTransition(objectOrNull(transitions, status) ?? {})])),
  };
}

function readTransition(transition: Record<string, unknown>): WorkflowTransition {
  const role = member(transition, 'role');
  return {
    expression: textOrNull(transition, 'expression'),
    roles: textsOrNull(transition, 'roles') ?? (typeof role === 'string' ? [role] : null),
  };
}
