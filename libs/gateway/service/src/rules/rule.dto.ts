import type { AppRef, RuleState } from '@reprise/contracts';
import { get, path } from '../http/links.js';
import { withoutNulls } from '../schemas/schema.dto.js';

/** Squidex's RuleDto. Rules are kept and shown, nothing runs them: their numbers stay 0. */
export function ruleDto(rule: RuleState) {
  const { triggerType, ...trigger } = rule.trigger;
  return {
    id: rule.id,
    name: rule.name ?? undefined,
    isEnabled: rule.isEnabled,
    trigger: { triggerType: String(triggerType).replace(/Trigger(V\d+)?$/, ''), ...withoutNulls(trigger) },
    action: actionOf(rule.flow),
    flow: rule.flow,
    version: rule.version,
    created: rule.created,
    createdBy: rule.createdBy,
    lastModified: rule.lastModified,
    lastModifiedBy: rule.lastModifiedBy,
    numSucceeded: 0,
    numFailed: 0,
    _links: {},
  };
}

export function rulesDto(app: AppRef, rules: RuleState[]) {
  return { items: rules.map(ruleDto), _links: { self: get(path`/api/apps/${app.name}/rules`) } };
}

/** The first step of a rule's flow in the older form of an action. */
function actionOf(flow: Record<string, unknown>): Record<string, unknown> {
  const steps = (flow['steps'] ?? {}) as Record<string, { step?: Record<string, unknown> }>;
  const { stepType, ...step } = steps[String(flow['initialStepId'])]?.step ?? {};
  return { actionType: typeof stepType === 'string' ? stepType : 'None', ...withoutNulls(step) };
}
