import type { RuleState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

export const ruleDisabled: ChangingReducer<RuleState> = {
  type: 'RuleDisabledEvent',
  change: (state) => (state.isEnabled === false ? state : { ...state, isEnabled: false }),
};
