import { endOfString, invalidJson, MAX_DEPTH, skipSpace } from './scan.js';

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;
// eslint-disable-next-line no-control-regex
const NOT_IN_STRING = /[\0-\x1f]|\\(?!["\\/bfnrtu])|\\u(?![0-9a-fA-F]{4})/;
const ESCAPED_BACKSLASH = /\\\\/g;

/**
 * Throws `json.invalid` for what `JSON.parse` would not read, and for what is nested deeper than 64. Builds nothing, whereas parsing takes up to
 * twenty times the memory of a text of many small values.
 */
export function checkJson(text: string): void {
  const end = skipSpace(text, checkValue(text, skipSpace(text, 0), 0));
  if (end < text.length) throw invalidJson('something follows its end', end);
}

/** `at` is on the first character; the answer is behind the last. */
function checkValue(text: string, at: number, depth: number): number {
  switch (text[at]) {
    case '"':
      return checkString(text, at);
    case '{':
      return checkItems(text, at, '}', depth, checkMember);
    case '[':
      return checkItems(text, at, ']', depth, checkValue);
    default:
      return endOfMatch(NUMBER, text, at) ?? endOfMatch(LITERAL, text, at) ?? fail(text, at);
  }
}

function checkItems(text: string, at: number, close: string, depth: number, item: (text: string, at: number, depth: number) => number): number {
  if (depth === MAX_DEPTH) throw invalidJson(`it is nested deeper than ${MAX_DEPTH}`, at);
  at = skipSpace(text, at + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    at = skipSpace(text, item(text, at, depth + 1));
    if (text[at] === close) return at + 1;
    if (text[at] !== ',') throw invalidJson(`a comma or ${close} is expected`, at);
    at = skipSpace(text, at + 1);
  }
}

function checkMember(text: string, at: number, depth: number): number {
  if (text[at] !== '"') throw invalidJson('a property name is expected', at);
  at = skipSpace(text, checkString(text, at));
  if (text[at] !== ':') throw invalidJson('a colon is expected', at);
  return checkValue(text, skipSpace(text, at + 1), depth);
}

function checkString(text: string, at: number): number {
  const end = endOfString(text, at);
  const content = text.slice(at + 1, end - 1);
  // A backslash that is escaped itself escapes nothing behind it.
  const single = content.includes('\\\\') ? content.replace(ESCAPED_BACKSLASH, '') : content;
  if (NOT_IN_STRING.test(single)) throw invalidJson('a string is not valid', at);
  return end;
}

function endOfMatch(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function fail(text: string, at: number): never {
  throw invalidJson(at >= text.length ? 'it ends too early' : 'a value is not valid', at);
}
