import type { AppState, SchemaField, SchemaState } from '@reprise/contracts';
import { isObject, normalizeJson } from '@reprise/json-text';
import type { JsonObject } from '@reprise/json-text';
import { isRepriseError } from '@reprise/kernel';
import { invalid, Problems } from '../problems.js';
import { checkValue, place } from './field-rules.js';

/** Data as it goes into the event: compact, in .NET's escapes, numbers as they were written. Error `contents.invalid`. */
export function normalizeData(json: string): string {
  try {
    return normalizeJson(json);
  } catch (error) {
    throw isRepriseError(error) ? invalid('contents.invalid', [error.message]) : error;
  }
}

/** What of an app contents have to fit. */
export type AppSettings = Pick<AppState, 'languages' | 'workflows'>;

export interface DataRules {
  schema: SchemaState;
  app: AppSettings;
  /** What holds for contents that are published. */
  publish: boolean;
  /** Data that the content has already: fields and languages in it that are no longer known may be sent back. */
  before?: string;
}

/** Values are looked at, never changed. Error `contents.invalid` with a line for each problem. */
export function validateData(data: string, { schema, app, publish, before }: DataRules): void {
  const values: unknown = JSON.parse(data);
  if (!isObject(values)) throw invalid('contents.invalid', ['The data must be a JSON object with the fields as properties.']);
  const problems = new Problems();
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  const known = new KnownBefore(before);
  for (const [name, value] of Object.entries(values)) {
    const field = fields.get(name);
    if (value !== null && !isObject(value)) problems.add(name, `Invalid json type, expected an object such as {"iv": …} or {"en": …}.`);
    else if (!field && value !== null && !known.has(name)) problems.add(name, 'Not a known field.');
    else if (field && value) checkPartitions(field, value, { app, publish, known, problems });
  }
  for (const field of schema.fields) {
    if (isRequired(field, publish) && !hasValue(values[field.name])) problems.add(field.name, 'Field is required.');
  }
  problems.throwAs('contents.invalid');
}

class KnownBefore {
  private readonly data: JsonObject;

  constructor(before: string | undefined) {
    const data: unknown = before === undefined ? {} : JSON.parse(before);
    this.data = isObject(data) ? data : {};
  }

  /** Whether there was such a field, or such a partition of it. */
  has(field: string, partition?: string): boolean {
    if (!Object.hasOwn(this.data, field)) return false;
    const values = this.data[field];
    return partition === undefined || (isObject(values) && Object.hasOwn(values, partition));
  }
}

interface Checking {
  app: AppSettings;
  publish: boolean;
  known: KnownBefore;
  problems: Problems;
}

function checkPartitions(field: SchemaField, values: JsonObject, { app, publish, known, problems }: Checking): void {
  const isLocalized = field.partitioning === 'language';
  for (const [partition, value] of Object.entries(values)) {
    const path = `${field.name}.${partition}`;
    if (!isLocalized && partition !== 'iv') problems.add(path, 'Not a known invariant value, use iv.');
    else if (isLocalized && !Object.hasOwn(app.languages.languages, partition) && !known.has(field.name, partition))
      problems.add(path, 'Not a known language.');
    else if (value !== null) checkField(field, value, path, publish, problems);
  }
}

function checkField({ properties, children }: SchemaField, value: unknown, path: string, publish: boolean, problems: Problems): void {
  checkValue(value, properties, (problem, at = '') => problems.add(`${path}${at}`, problem));
  if (!children || !Array.isArray(value)) return;
  value.filter(isObject).forEach((item, index) => {
    for (const child of children) {
      const inner = Object.hasOwn(item, child.name) ? item[child.name] : null;
      const innerPath = `${path}${place(index)}.${child.name}`;
      if (isRequired(child, publish) && isEmpty(inner)) problems.add(innerPath, 'Field is required.');
      else if (inner !== null) checkField(child, inner, innerPath, publish, problems);
    }
  });
}

function isRequired({ properties }: SchemaField, publish: boolean): boolean {
  if (properties['$type'] === 'UIField') return false;
  return properties['isRequired'] === true || (publish && properties['isRequiredOnPublish'] === true);
}

function hasValue(values: unknown): boolean {
  return isObject(values) && !Object.values(values).every(isEmpty);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
