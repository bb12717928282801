import type { RuleState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

export const ruleDeleted: ChangingReducer<RuleState> = {
  type: 'RuleDeletedEvent',
  change: (state) => ({ ...state, isDeleted: true }),
};
