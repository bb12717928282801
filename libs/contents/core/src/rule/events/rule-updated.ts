import type { RuleState } from '@reprise/contracts';
import { flagOrNull, objectOrNull, textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';

/** What is null stays as it was. */
export const ruleUpdated: ChangingReducer<RuleState> = {
  type: 'RuleUpdatedEventV2',
  change: (state, { payload }) => ({
    ...state,
    name: textOrNull(payload, 'name') ?? state.name,
    trigger: objectOrNull(payload, 'trigger') ?? state.trigger,
    flow: objectOrNull(payload, 'flow') ?? state.flow,
    isEnabled: flagOrNull(payload, 'isEnabled') ?? state.isEnabled,
  }),
};
