import { isObject, member } from '@reprise/json-text';
import type { JsonObject } from '@reprise/json-text';
import { EMPTY_ID } from '@reprise/kernel';

const text = { minLength: null, maxLength: null, minCharacters: null, maxCharacters: null, minWords: null, maxWords: null };
const items = { minItems: null, maxItems: null };
const defaults = { defaultValues: null, defaultValue: null };

/** What each kind of field has of its own, with the value that stands for 'not set', in the order in which Squidex writes it. */
export const FIELD_TYPES: Readonly<Record<string, JsonObject>> = {
  ArrayField: { ...items, calculatedDefaultValue: 'EmptyArray', uniqueFields: null },
  AssetsField: {
    previewMode: 'ImageAndFileName',
    ...defaults,
    folderId: null,
    previewFormat: null,
    ...items,
    ...{ minWidth: null, maxWidth: null, minHeight: null, maxHeight: null, minSize: null, maxSize: null, aspectWidth: null, aspectHeight: null },
    expectedType: null,
    allowDuplicates: false,
    resolveFirst: false,
    allowedExtensions: null,
  },
  BooleanField: { ...defaults, inlineEditable: false, editor: 'Checkbox' },
  ComponentField: { schemaId: EMPTY_ID, schemaIds: null },
  ComponentsField: { ...items, uniqueFields: null, calculatedDefaultValue: 'EmptyArray', schemaId: EMPTY_ID, schemaIds: null },
  DateTimeField: { ...defaults, maxValue: null, minValue: null, format: null, calculatedDefaultValue: null, editor: 'Date' },
  GeolocationField: { editor: 'Map' },
  JsonField: { graphQLSchema: null },
  NumberField: { allowedValues: null, ...defaults, maxValue: null, minValue: null, isUnique: false, inlineEditable: false, editor: 'Input' },
  ReferencesField: {
    ...defaults,
    ...items,
    resolveReference: false,
    allowDuplicates: false,
    mustBePublished: false,
    query: null,
    editor: 'List',
    schemaId: EMPTY_ID,
    schemaIds: null,
  },
  RichTextField: { folderId: null, ...text, classNames: null, schemaIds: null },
  StringField: {
    allowedValues: null,
    classNames: null,
    ...defaults,
    pattern: null,
    patternMessage: null,
    folderId: null,
    ...text,
    isUnique: false,
    isEmbeddable: false,
    inlineEditable: false,
    createEnum: false,
    contentType: 'Unspecified',
    editor: 'Input',
    schemaIds: null,
  },
  TagsField: { allowedValues: null, ...defaults, ...items, createEnum: false, editor: 'Tags', normalization: 'None' },
  UIField: { editor: 'Separator' },
  UserInfoField: { defaultRole: null },
};

const COMMON = {
  isRequired: false,
  isRequiredOnPublish: false,
  isHalfWidth: false,
  isCreateOnly: false,
  placeholder: null,
  editorUrl: null,
  tags: null,
  label: null,
  hints: null,
};

/** The kind of field by its name, with or without the suffix `Field`; `undefined` for none that is known. */
export function fieldTypeOf(name: string): string | undefined {
  const wanted = name.toLowerCase().replace(/field$/, '') + 'field';
  return Object.keys(FIELD_TYPES).find((type) => type.toLowerCase() === wanted);
}

/** Properties of a field in Squidex's form: what is missing has its default, what is not known stays behind it. */
export function fieldProperties(given: JsonObject): Record<string, unknown> {
  const name = member(given, '$type');
  const type = typeof name === 'string' ? (fieldTypeOf(name) ?? name) : '';
  const properties = withDefaults({ $type: type, ...FIELD_TYPES[type], ...COMMON }, { ...given, $type: type });
  // The single schema is the older form; Squidex writes both.
  const schemaIds = properties['schemaIds'];
  if ('schemaId' in properties && properties['schemaId'] === EMPTY_ID && Array.isArray(schemaIds) && schemaIds.length > 0) {
    properties['schemaId'] = schemaIds[0];
  } else if ('schemaId' in properties && schemaIds === null && properties['schemaId'] !== EMPTY_ID) {
    properties['schemaIds'] = [properties['schemaId']];
  }
  return properties;
}

/** In the order of the defaults; null counts as not set where the default isn't null. What else was given follows. */
export function withDefaults(defaultValues: JsonObject, given: JsonObject): Record<string, unknown> {
  const known = new Set(Object.keys(defaultValues).map((name) => name.toLowerCase()));
  const filled = Object.entries(defaultValues).map(([name, value]) => [name, member(given, name) ?? value]);
  const others = Object.entries(given).filter(([name]) => !known.has(name.toLowerCase()));
  return Object.fromEntries([...filled, ...others]) as Record<string, unknown>;
}

export function asProperties(value: unknown): Record<string, unknown> {
  return fieldProperties(isObject(value) ? value : {});
}
