import { upcaster } from '@reprise/event-store-core';
import { flag, member, objects, text } from '@reprise/json-text';
import type { JsonObject } from '@reprise/json-text';

/** Fields had no ids: they get them in order of appearance, nested ones right after their parent. The schema's own properties are dropped, as Squidex does. */
export const schemaCreatedV1 = upcaster('SchemaCreatedEvent', 'SchemaCreatedEventV2', (payload) => {
  const ids = { last: 0 };
  return {
    schema: {
      type: flag(payload, 'singleton') ? 'Singleton' : 'Default',
      name: text(payload, 'name'),
      isPublished: flag(payload, 'publish'),
      fields: objects(payload, 'fields').map((field) => withIds(field, ids)),
    },
  };
});

function withIds(field: JsonObject, ids: { last: number }): JsonObject {
  return {
    id: ++ids.last,
    name: member(field, 'name'),
    partitioning: member(field, 'partitioning'),
    isHidden: member(field, 'isHidden'),
    isLocked: member(field, 'isLocked'),
    isDisabled: member(field, 'isDisabled'),
    properties: member(field, 'properties'),
    children: objects(field, 'nested').map((nested) => withIds(nested, ids)),
  };
}
