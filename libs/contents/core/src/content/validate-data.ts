import type { SchemaField, SchemaState } from '@reprise/contracts';
import { isObject, normalizeJson } from '@reprise/json-text';
import type { JsonObject } from '@reprise/json-text';
import { isRepriseError } from '@reprise/kernel';
import { invalid, Problems } from '../problems.js';

type JsonType = 'number' | 'boolean' | 'string' | 'array' | 'object';

/** Kinds of field whose values have one JSON type; all others take any. */
const JSON_TYPES: Readonly<Record<string, JsonType>> = {
  ArrayField: 'array',
  AssetsField: 'array',
  BooleanField: 'boolean',
  ComponentField: 'object',
  ComponentsField: 'array',
  DateTimeField: 'string',
  GeolocationField: 'object',
  NumberField: 'number',
  ReferencesField: 'array',
  StringField: 'string',
  TagsField: 'array',
};

/** Data as it goes into the event: compact, in .NET's escapes, numbers as they were written. Error `contents.invalid`. */
export function normalizeData(json: string): string {
  try {
    return normalizeJson(json);
  } catch (error) {
    throw isRepriseError(error) ? invalid('contents.invalid', [error.message]) : error;
  }
}

export interface DataRules {
  schema: SchemaState;
  /** What holds for contents that are published. */
  publish: boolean;
  /** Data that the content has already: fields in it that the schema no longer knows may be sent back. */
  before?: string;
}

/** Values are looked at, never changed. Error `contents.invalid` with a line for each problem. */
export function validateData(data: string, { schema, publish, before }: DataRules): void {
  const values: unknown = JSON.parse(data);
  if (!isObject(values)) throw invalid('contents.invalid', ['The data must be a JSON object with the fields as properties.']);
  const problems = new Problems();
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  const old: unknown = before === undefined ? {} : JSON.parse(before);
  for (const [name, value] of Object.entries(values)) {
    const field = fields.get(name);
    if (value !== null && !isObject(value)) problems.add(name, `Invalid json type, expected an object such as {"iv": …} or {"en": …}.`);
    else if (!field && value !== null && !(isObject(old) && Object.hasOwn(old, name))) problems.add(name, 'Not a known field.');
    else if (field && value) checkValues(field, value, problems);
  }
  for (const field of schema.fields) {
    if (isRequired(field, publish) && !hasValue(values[field.name])) problems.add(field.name, 'Field is required.');
  }
  problems.throwAs('contents.invalid');
}

function checkValues(field: SchemaField, values: JsonObject, problems: Problems): void {
  const expected = JSON_TYPES[String(field.properties['$type'])];
  for (const [partition, value] of Object.entries(values)) {
    const path = `${field.name}.${partition}`;
    if (field.partitioning !== 'language' && partition !== 'iv') problems.add(path, 'Not a known invariant value, use iv.');
    else if (expected && value !== null && jsonType(value) !== expected) problems.add(path, `Invalid json type, expected ${expected}.`);
  }
}

function jsonType(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function isRequired({ properties }: SchemaField, publish: boolean): boolean {
  if (properties['$type'] === 'UIField') return false;
  return properties['isRequired'] === true || (publish && properties['isRequiredOnPublish'] === true);
}

function hasValue(values: unknown): boolean {
  return isObject(values) && Object.values(values).some((value) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0));
}
