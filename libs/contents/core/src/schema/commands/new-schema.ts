import type { SchemaField } from '@reprise/contracts';
import { flag, isObject, member, normalizeJson, objectOrNull, objects, text, textOrNull, textsOrNull } from '@reprise/json-text';
import type { JsonObject } from '@reprise/json-text';
import { isRepriseError } from '@reprise/kernel';
import { invalid, Problems } from '../../problems.js';
import { fieldProperties, fieldTypeOf } from '../field-types.js';
import { childrenOf, fieldRules, previewUrls, schemaProperties, schemaScripts } from '../schema-shape.js';
import type { SchemaShape } from '../schema-shape.js';

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const FIELD_NAME = /^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/;
const TYPES = ['Default', 'Singleton', 'Component'];
const LONGEST_NAME = 100;

/** The CreateSchema body, checked and with all defaults. Error `schemas.invalid`, with a line for each problem. */
export function parseNewSchema(json: string): SchemaShape {
  const body = parse(json);
  const problems = new Problems();
  const name = text(body, 'name');
  if (!SLUG.test(name) || name.length > LONGEST_NAME) problems.add('name', 'Name is not a valid slug.');
  const type = flag(body, 'isSingleton') ? 'Singleton' : (textOrNull(body, 'type') ?? 'Default');
  if (!TYPES.includes(type)) problems.add('type', `Type is not a valid value, use one of ${TYPES.join(', ')}.`);

  const ids = { last: 0 };
  const fields = newFields(body, 'fields', true, ids, problems);
  problems.throwAs('schemas.invalid');
  return {
    type,
    name,
    category: textOrNull(body, 'category'),
    isPublished: flag(body, 'isPublished'),
    fields,
    fieldRules: fieldRules(body, 'fieldRules'),
    fieldsInLists: textsOrNull(body, 'fieldsInLists') ?? [],
    fieldsInReferences: textsOrNull(body, 'fieldsInReferences') ?? [],
    scripts: schemaScripts(objectOrNull(body, 'scripts')),
    properties: schemaProperties(objectOrNull(body, 'properties')),
    previewUrls: previewUrls(body, 'previewUrls'),
    schemaFieldsTotal: ids.last,
  };
}

function parse(json: string): JsonObject {
  try {
    const body: unknown = JSON.parse(normalizeJson(json));
    if (isObject(body)) return body;
  } catch (error) {
    if (isRepriseError(error)) throw invalid('schemas.invalid', [error.message]);
    throw error;
  }
  throw invalid('schemas.invalid', ['The body must be a JSON object.']);
}

/** Ids in order of appearance, nested fields right after their parent, as Squidex gives them out. */
function newFields(owner: JsonObject, list: string, root: boolean, ids: { last: number }, problems: Problems, path = ''): SchemaField[] {
  const names = new Set<string>();
  return objects(owner, list).map((field, index) => {
    const at = `${path}${list}[${index}]`;
    const name = text(field, 'name');
    if (!FIELD_NAME.test(name)) problems.add(`${at}.name`, 'Name is not a valid field name: letters, digits and single dashes between them.');
    if (names.has(name.toLowerCase())) problems.add(`${path}${list}`, `Fields cannot have duplicate names: ${name}.`);
    names.add(name.toLowerCase());
    const level = textOrNull(field, 'partitioning');
    if (level !== null && level !== 'invariant' && level !== 'language') {
      problems.add(`${at}.partitioning`, 'Partitioning is not a valid value, use invariant or language.');
    }
    const id = ++ids.last;
    const properties = newProperties(member(field, 'properties'), `${at}.properties`, problems);
    const nested = root ? newFields(field, 'nested', false, ids, problems, `${at}.`) : [];
    if (nested.length > 0 && properties['$type'] !== 'ArrayField') problems.add(`${at}.nested`, 'Only array fields can have nested fields.');
    if (!root && properties['$type'] === 'ArrayField') problems.add(`${at}.properties`, 'Array fields cannot be nested.');
    return {
      id,
      name,
      partitioning: root ? (level ?? 'invariant') : null,
      isHidden: flag(field, 'isHidden'),
      isLocked: flag(field, 'isLocked'),
      isDisabled: flag(field, 'isDisabled'),
      properties,
      children: childrenOf(properties, nested),
    };
  });
}

/** REST names the kind of field `fieldType`, without the suffix that events have. */
function newProperties(given: unknown, path: string, problems: Problems): Record<string, unknown> {
  if (!isObject(given)) {
    problems.add(path, 'Properties is required.');
    return {};
  }
  const name = textOrNull(given, 'fieldType') ?? textOrNull(given, '$type') ?? '';
  const type = fieldTypeOf(name);
  if (type === undefined) {
    problems.add(`${path}.fieldType`, `'${name}' is not a known type of field.`);
    return {};
  }
  const own = Object.entries(given).filter(([key]) => !['fieldtype', '$type'].includes(key.toLowerCase()));
  return fieldProperties({ $type: type, ...Object.fromEntries(own) });
}
