import type { RuleState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

export const ruleEnabled: ChangingReducer<RuleState> = {
  type: 'RuleEnabledEvent',
  change: (state) => (state.isEnabled === true ? state : { ...state, isEnabled: true }),
};
