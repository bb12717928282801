import type { RuleState } from '@reprise/contracts';
import { flagOrNull, objectOrNull, text, textOrNull } from '@reprise/json-text';
import type { CreatingReducer } from '@reprise/read-models-core';

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
