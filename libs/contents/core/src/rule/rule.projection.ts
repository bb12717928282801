import type { RuleState } from '@reprise/contracts';
import { reducersByType } from '@reprise/read-models-core';
import type { Projection } from '@reprise/read-models-core';
import { ruleCreated } from './events/rule-created.js';
import { ruleDeleted } from './events/rule-deleted.js';
import { ruleDisabled } from './events/rule-disabled.js';
import { ruleEnabled } from './events/rule-enabled.js';
import { ruleUpdated } from './events/rule-updated.js';

/** Rules, listed in the order in which they were made. They are kept and given back, nothing runs them. */
export const ruleProjection: Projection<RuleState> = {
  kind: 'rule',
  reducers: reducersByType<RuleState>([ruleCreated, ruleDeleted, ruleDisabled, ruleEnabled, ruleUpdated]),
  row: (state) => ({ parent: null, name: null, order: state.created.replace('Z', ''), visible: !state.isDeleted, published: true }),
};
