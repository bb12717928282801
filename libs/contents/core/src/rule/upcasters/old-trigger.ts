import { flag, member, objects, text } from '@reprise/json-text';
import type { JsonObject } from '@reprise/json-text';

const ASSET_FLAGS = [
  ['sendCreate', "event.type == 'Created'"],
  ['sendUpdate', "event.type == 'Updated'"],
  ['sendRename', "event.type == 'Annotated'"],
  ['sendDelete', "event.type == 'Deleted'"],
] as const;

const CONTENT_FLAGS = [
  ['sendCreate', "event.type == 'Created'"],
  ['sendUpdate', "event.type == 'Updated'"],
  ['sendPublish', "event.type == 'Published'"],
  ['sendArchived', "event.status == 'Archived'"],
  ['sendDelete', "event.type == 'Deleted'"],
] as const;

/** Triggers had a switch for each kind of change; now they have a condition. Others stay as they are. */
export function upcastTrigger(trigger: JsonObject): JsonObject {
  switch (text(trigger, 'triggerType')) {
    case 'AssetChangedTrigger':
      return { triggerType: 'AssetChangedTriggerV2', condition: condition(trigger, ASSET_FLAGS) };
    case 'ContentChangedTrigger': {
      const schemas = objects(trigger, 'schemas').map((schema) => ({ schemaId: member(schema, 'schemaId'), condition: condition(schema, CONTENT_FLAGS) }));
      return {
        triggerType: 'ContentChangedTriggerV2',
        schemas: Array.isArray(member(trigger, 'schemas')) ? schemas : null,
        referencedSchemas: null,
        handleAll: flag(trigger, 'handleAll'),
      };
    }
    default:
      return trigger;
  }
}

function condition(trigger: JsonObject, flags: readonly (readonly [string, string])[]): string {
  const parts = flags.filter(([name]) => flag(trigger, name)).map(([, part]) => part);
  return parts.length > 0 ? parts.join(' || ') : 'false';
}
