import { createContext, Script } from 'node:vm';
import { isObject } from '@reprise/json-text';
import type { JsonObject } from '@reprise/json-text';

/** Says what is wrong with a value: `at` is the place within it, as `[2]`, empty for the value itself. */
export type Report = (problem: string, at?: string) => void;

type Rule = (value: never, properties: JsonObject, report: Report) => void;

interface FieldRules {
  /** What the value must be, and how that is called. */
  type: [name: string, test: (value: unknown) => boolean];
  rules: readonly Rule[];
}

const text: FieldRules['type'] = ['string', (value) => typeof value === 'string'];
const object: FieldRules['type'] = ['object', isObject];
const objects: FieldRules['type'] = ['array of objects', (value) => Array.isArray(value) && value.every(isObject)];
const texts: FieldRules['type'] = [
  'array of strings',
  (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' && item.trim() !== ''),
];

/** By kind of field; all others take any value. What needs other objects (that they are there, that values are unique) isn't looked at. */
const FIELD_RULES: ReadonlyMap<string, FieldRules> = new Map(
  Object.entries<FieldRules>({
    ArrayField: { type: objects, rules: [itemCount, uniqueFields] },
    AssetsField: { type: texts, rules: [itemCount, noDuplicates] },
    BooleanField: { type: ['boolean', (value) => typeof value === 'boolean'], rules: [] },
    ComponentField: { type: object, rules: [] },
    ComponentsField: { type: objects, rules: [itemCount, uniqueFields] },
    DateTimeField: { type: text, rules: [instant] },
    GeolocationField: { type: object, rules: [] },
    NumberField: { type: ['number', (value) => typeof value === 'number'], rules: [numberRange, allowed] },
    ReferencesField: { type: texts, rules: [itemCount, noDuplicates] },
    StringField: { type: text, rules: [textLength, pattern, allowed] },
    TagsField: { type: texts, rules: [itemCount, allowedItems] },
  }),
);

/** A value that isn't null against what its field's properties ask for, in Squidex's words. */
export function checkValue(value: unknown, properties: JsonObject, report: Report): void {
  const own = FIELD_RULES.get(String(properties['$type']));
  if (!own) return;
  const [type, test] = own.type;
  if (!test(value)) return report(`Invalid json type, expected ${type}.`);
  for (const rule of own.rules) rule(value as never, properties, report);
}

function textLength(value: string, properties: JsonObject, report: Report): void {
  if (value === '') return;
  count(value.length, bounds(properties, 'minLength', 'maxLength'), 'character(s)', report);
  // Of marked-up text Squidex counts what is left without its marks; that isn't known here.
  if (properties['contentType'] === 'Html' || properties['contentType'] === 'Markdown') return;
  const characters = bounds(properties, 'minCharacters', 'maxCharacters');
  if (characters) count(value.match(/[\p{L}\p{N}]/gu)?.length ?? 0, characters, 'text character(s)', report);
  const words = bounds(properties, 'minWords', 'maxWords');
  if (words) count(Array.from(WORDS.segment(value)).filter(({ isWordLike }) => isWordLike).length, words, 'word(s)', report);
}

const WORDS = new Intl.Segmenter('en', { granularity: 'word' });
const PATTERN_MS = 50;
const matching = new Script('new RegExp(pattern).test(value)');
let matched: { pattern: string; value: string } | undefined;

/** A pattern is of a stranger's making and may take for ever: it runs where it can be stopped. One that only .NET understands is passed over. */
function pattern(value: string, properties: JsonObject, report: Report): void {
  const { pattern, patternMessage } = properties;
  if (value === '' || typeof pattern !== 'string' || pattern.trim() === '') return;
  matched ??= createContext({ pattern: '', value: '' }) as { pattern: string; value: string };
  Object.assign(matched, { pattern: `^${pattern}$`, value });
  try {
    if (matching.runInContext(matched, { timeout: PATTERN_MS }) === true) return;
    report(typeof patternMessage === 'string' && patternMessage.trim() !== '' ? patternMessage : 'Must follow the pattern.');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') return;
    report('Regex is too slow.');
  }
}

function numberRange(value: number, properties: JsonObject, report: Report): void {
  range(value, bounds(properties, 'minValue', 'maxValue'), String, report);
}

function instant(value: string, { minValue, maxValue }: JsonObject, report: Report): void {
  const at = Date.parse(value);
  if (Number.isNaN(at)) return report('Not a valid value.');
  const instants = {
    min: typeof minValue === 'string' ? Date.parse(minValue) : undefined,
    max: typeof maxValue === 'string' ? Date.parse(maxValue) : undefined,
  };
  range(at, bounds(instants, 'min', 'max'), (bound) => new Date(bound).toISOString().replace('.000Z', 'Z'), report);
}

function allowed(value: unknown, { allowedValues }: JsonObject, report: Report, at?: string): void {
  if (Array.isArray(allowedValues) && allowedValues.length > 0 && !allowedValues.includes(value)) report('Not an allowed value.', at);
}

function allowedItems(value: string[], properties: JsonObject, report: Report): void {
  value.forEach((item, index) => allowed(item, properties, report, place(index)));
}

function itemCount(value: unknown[], properties: JsonObject, report: Report): void {
  count(value.length, bounds(properties, 'minItems', 'maxItems'), 'item(s)', report);
}

function noDuplicates(value: string[], { allowDuplicates }: JsonObject, report: Report): void {
  if (allowDuplicates !== true && new Set(value).size < value.length) report('Must not contain duplicate values.');
}

function uniqueFields(value: JsonObject[], { uniqueFields }: JsonObject, report: Report): void {
  for (const field of Array.isArray(uniqueFields) ? uniqueFields.map(String) : []) {
    const values = value.flatMap((item) => (Object.hasOwn(item, field) ? [JSON.stringify(item[field])] : []));
    if (new Set(values).size < values.length) report(`Must not contain items with duplicate '${field}' fields.`);
  }
}

/** Squidex counts items from 1. */
export function place(index: number): string {
  return `[${index + 1}]`;
}

interface Bounds {
  min?: number;
  max?: number;
}

function bounds(properties: JsonObject, lowest: string, highest: string): Bounds | undefined {
  const { [lowest]: min, [highest]: max } = properties;
  const found = { ...(isNumber(min) ? { min } : {}), ...(isNumber(max) ? { max } : {}) };
  return 'min' in found || 'max' in found ? found : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(value);
}

function isWithin(value: number, { min = -Infinity, max = Infinity }: Bounds): boolean {
  return value >= min && value <= max;
}

function count(value: number, wanted: Bounds | undefined, unit: string, report: Report): void {
  if (!wanted || isWithin(value, wanted)) return;
  const { min, max } = wanted;
  if (min === undefined) report(`Must not have more than ${max} ${unit}.`);
  else if (max === undefined) report(`Must have at least ${min} ${unit}.`);
  else report(min === max ? `Must have exactly ${min} ${unit}.` : `Must have between ${min} and ${max} ${unit}.`);
}

function range(value: number, wanted: Bounds | undefined, shown: (bound: number) => string, report: Report): void {
  if (!wanted || isWithin(value, wanted)) return;
  const { min, max } = wanted;
  if (min === undefined) report(`Must be less or equal to ${shown(max!)}.`);
  else if (max === undefined) report(`Must be greater or equal to ${shown(min)}.`);
  else report(min === max ? `Must be exactly ${shown(min)}.` : `Must be between ${shown(min)} and ${shown(max)}.`);
}
