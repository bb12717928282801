import { member, textOrNull } from '@reprise/json-text';
import type { JsonObject } from '@reprise/json-text';

/** Squidex gives the one step of a converted rule this id. */
const STEP_ID = '12345678-abcd-4cde-babe-987654321000';

/** Actions that became steps of the same name with the same properties. */
const KNOWN = new Set([
  ...['Algolia', 'AzureQueue', 'Comment', 'CreateContent', 'DeepDetect', 'Discourse', 'ElasticSearch', 'Email', 'Fastly', 'Kafka', 'Medium'],
  ...['Notification', 'OpenSearch', 'Prerender', 'Script', 'SignalR', 'Slack', 'Tweet', 'Typesense'],
]);

/** An old rule's one action as a flow of one step. What isn't known becomes a webhook, as in Squidex. */
export function actionToFlow(action: JsonObject): JsonObject {
  return { initialStepId: STEP_ID, steps: { [STEP_ID]: { nextStepId: null, name: null, ignoreError: false, step: toStep(action) } } };
}

function toStep(action: JsonObject): JsonObject {
  const type = (textOrNull(action, 'actionType') ?? '').replace(/Action$/, '');
  if (KNOWN.has(type)) {
    const own = Object.entries(action).filter(([name]) => name.toLowerCase() !== 'actiontype');
    return { stepType: type, ...Object.fromEntries(own) };
  }
  return {
    stepType: 'Webhook',
    method: textOrNull(action, 'method') ?? 'POST',
    url: member(action, 'url') ?? null,
    payload: textOrNull(action, 'payload'),
    headers: textOrNull(action, 'headers'),
    payloadType: textOrNull(action, 'payloadType'),
    sharedSecret: textOrNull(action, 'sharedSecret'),
  };
}
