import type { EntityState, SchemaField, SchemaState } from '@reprise/contracts';
import { flag, integer, isObject, member, objectOrNull, objects, text, textOrNull, textsOrNull } from '@reprise/json-text';
import type { JsonObject } from '@reprise/json-text';
import { asProperties, withDefaults } from './field-types.js';

/** A schema without what the object itself adds. */
export type SchemaShape = Omit<SchemaState, keyof EntityState | 'appId'>;

const SCRIPTS = { change: null, create: null, update: null, delete: null, query: null, queryPre: null };
const PROPERTIES = {
  tags: null,
  searchFields: null,
  contentsSidebarUrl: null,
  contentSidebarUrl: null,
  contentEditorUrl: null,
  contentsListUrl: null,
  validateOnPublish: false,
  label: null,
  hints: null,
};

/** From an event's JSON: what is absent gets its default. `schemaDef` is an older nesting. */
export function schemaShape(schema: JsonObject): SchemaShape {
  const given = objectOrNull(schema, 'schemaDef') ?? schema;
  const fields = objects(given, 'fields').map((field) => fieldShape(field, true));
  return {
    type: textOrNull(given, 'type') ?? 'Default',
    name: text(given, 'name'),
    category: textOrNull(given, 'category'),
    isPublished: flag(given, 'isPublished'),
    fields,
    fieldRules: fieldRules(given, 'fieldRules'),
    fieldsInLists: textsOrNull(given, 'fieldsInLists') ?? [],
    fieldsInReferences: textsOrNull(given, 'fieldsInReferences') ?? [],
    scripts: schemaScripts(objectOrNull(given, 'scripts')),
    properties: schemaProperties(objectOrNull(given, 'properties')),
    previewUrls: previewUrls(given, 'previewUrls'),
    schemaFieldsTotal: highestId(fields),
  };
}

/** Fields of the first level have a partitioning, nested ones have none; only arrays have nested ones. */
export function fieldShape(field: JsonObject, root: boolean): SchemaField {
  const properties = asProperties(member(field, 'properties'));
  const children = member(field, 'children');
  return {
    id: integer(field, 'id'),
    name: text(field, 'name'),
    partitioning: root ? partitioning(textOrNull(field, 'partitioning')) : null,
    isHidden: flag(field, 'isHidden'),
    isLocked: flag(field, 'isLocked'),
    isDisabled: flag(field, 'isDisabled'),
    properties,
    children: childrenOf(properties, Array.isArray(children) ? children.filter(isObject).map((child) => fieldShape(child, false)) : []),
  };
}

export function childrenOf(properties: JsonObject, children: SchemaField[]): SchemaField[] | null {
  return properties['$type'] === 'ArrayField' ? children : null;
}

export function partitioning(name: string | null): string {
  return name?.toLowerCase() === 'language' ? 'language' : 'invariant';
}

export function schemaScripts(scripts: JsonObject | null): Record<string, string | null> {
  return withDefaults(SCRIPTS, scripts ?? {}) as Record<string, string | null>;
}

export function schemaProperties(properties: JsonObject | null): Record<string, unknown> {
  return withDefaults(PROPERTIES, properties ?? {});
}

export function previewUrls(payload: JsonObject, name: string): Record<string, string> {
  const urls = Object.entries(objectOrNull(payload, name) ?? {});
  return Object.fromEntries(urls.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

export function fieldRules(payload: JsonObject, name: string): SchemaState['fieldRules'] {
  return objects(payload, name).map((rule) => ({ action: text(rule, 'action'), field: text(rule, 'field'), condition: textOrNull(rule, 'condition') }));
}

function highestId(fields: readonly SchemaField[]): number {
  return fields.reduce((highest, field) => Math.max(highest, field.id, highestId(field.children ?? [])), 0);
}
