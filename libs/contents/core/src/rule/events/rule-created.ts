import type { RuleState } from '@reprise/contracts';
import type { CreatingReducer } from '@reprise/read-models-core';
import { flagOrNull, objectOrNull, text, textOrNull } from '../../payload.js';

export const ruleCreated: CreatingReducer<RuleState> = {
  type: 'RuleCreatedEventV2',
  create: ({ payload }) => ({
    appId: text(payload, 'appId'),
    name: textOrNull(payload, 'name'),
    trigger: objectOrNull(payload, 'trigger') ?? {},
    flow: objectOrNull(payload, 'flow') ?? {},
    isEnabled: flagOrNull(payload, 'isEnabled') ?? true,
  }),
};
