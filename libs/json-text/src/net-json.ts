import { endOfString, endOfValue, invalidJson, isSpace, MAX_DEPTH } from './scan.js';

/**
 * JSON as .NET's default encoder writes it (what Squidex's archives hold, see docs/reference/archive-format.md): pure ASCII, a quote
 * is \u0022, and & ' + < > ` DEL and all beyond ASCII are \uXXXX with upper-case digits.
 */
const NEEDS_ESCAPE = /[^\x20-\x7e]|["&'+<>`\\]/;
const SPECIAL = /[^\x20-\x7e]|[&'+<>`]/;
const SPECIALS = /[^\x20-\x7e]|[&'+<>`]/g;
const SHORT: Record<string, string> = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r' };

function escapeUnit(unit: string): string {
  let result = '';
  for (let i = 0; i < unit.length; i++) result += '\\u' + unit.charCodeAt(i).toString(16).toUpperCase().padStart(4, '0');
  return result;
}

/** The string as a JSON string, quotes included. Lone surrogates come out as escapes. */
export function netString(value: string): string {
  if (!NEEDS_ESCAPE.test(value)) return `"${value}"`;
  let text = value.includes('\\') ? value.replaceAll('\\', '\\\\') : value;
  if (text.includes('"')) text = text.replaceAll('"', '\\u0022');
  // None of what was put in is special, and the value is the shorter text.
  if (SPECIAL.test(value)) text = text.replace(SPECIALS, (unit) => SHORT[unit] ?? escapeUnit(unit));
  return `"${text}"`;
}

/** A value as compact JSON in .NET's escapes; `undefined` members are left out, nulls are written. {@link RawJson} goes in as it is. */
export function toNetJson(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (typeof value === 'string') return netString(value);
  if (Array.isArray(value)) return `[${value.map((item) => toNetJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object' && !('toJSON' in value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([name, member]) => `${netString(name)}:${toNetJson(member)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** JSON text that goes into a larger text unparsed. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** `JSON.stringify`, but each {@link RawJson} inside goes in as its text. For HTTP answers. */
export function stringifyWithRaw(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => stringifyWithRaw(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object' && !('toJSON' in value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${stringifyWithRaw(member)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
const LITERALS = new Set(['true', 'false', 'null']);

/**
 * A JSON text of somebody else, checked and written compactly in .NET's escapes. Numbers stay as they were written, members in their
 * order. Throws `json.invalid` for what isn't JSON or is nested deeper than 64.
 */
export function normalizeJson(text: string): string {
  const out: string[] = [];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;

  const space = () => {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  };
  const string = () => {
    const end = endOfString(text, at);
    let value: string;
    try {
      value = JSON.parse(text.slice(at, end)) as string;
    } catch {
      throw invalidJson('a string is not valid', at);
    }
    out.push(netString(value));
    at = end;
  };
  const members = (close: string, depth: number, item: () => void) => {
    if (depth > MAX_DEPTH) throw invalidJson(`it is nested deeper than ${MAX_DEPTH}`, at);
    out.push(text[at]!);
    at++;
    space();
    if (text[at] !== close) {
      for (;;) {
        item();
        space();
        if (text[at] !== ',') break;
        out.push(',');
        at++;
        space();
      }
    }
    if (text[at] !== close) throw invalidJson(`a comma or ${close} is expected`, at);
    out.push(close);
    at++;
  };
  const value = (depth: number): void => {
    const first = text[at];
    if (first === '"') return string();
    if (first === '[') return members(']', depth + 1, () => value(depth + 1));
    if (first === '{') {
      return members('}', depth + 1, () => {
        if (text[at] !== '"') throw invalidJson('a property name is expected', at);
        string();
        space();
        if (text[at] !== ':') throw invalidJson('a colon is expected', at);
        out.push(':');
        at++;
        space();
        value(depth + 1);
      });
    }
    if (at >= text.length) throw invalidJson('it ends too early', at);
    const end = endOfValue(text, at);
    const token = text.slice(at, end);
    if (!LITERALS.has(token) && !NUMBER.test(token)) throw invalidJson('a value is not valid', at);
    out.push(token);
    at = end;
  };

  space();
  value(0);
  space();
  if (at < text.length) throw invalidJson('something follows its end', at);
  return out.join('');
}

/**
 * JSON text that may hold lone surrogates as raw units, with those escaped, because stores hold UTF-8. Inside JSON they can only
 * stand within strings, so that the value stays the same.
 */
export function escapeLoneSurrogates(text: string): string {
  return text.isWellFormed() ? text : text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, escapeUnit);
}
