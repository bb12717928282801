import { objectOrNull } from '@reprise/json-text';
import { upcaster } from '../../upcaster.js';
import { actionToFlow } from './action-to-flow.js';
import { upcastTrigger } from './old-trigger.js';

export const ruleUpdatedV1 = upcaster('RuleUpdatedEvent', 'RuleUpdatedEventV2', (payload) => {
  const trigger = objectOrNull(payload, 'trigger');
  const action = objectOrNull(payload, 'action');
  return { trigger: trigger && upcastTrigger(trigger), flow: action && actionToFlow(action) };
});
