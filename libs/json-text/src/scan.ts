import { RepriseError } from '@reprise/kernel';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** System.Text.Json's own bound, which Squidex leaves as it is. */
export const MAX_DEPTH = 64;

export function invalidJson(what: string, offset: number): RepriseError {
  return new RepriseError('invalid', 'json.invalid', `The JSON is not valid: ${what} at character ${offset}.`);
}

export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

export function skipSpace(text: string, at: number): number {
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** `at` is on the opening quote; the answer is behind the closing one. */
export function endOfString(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (end >= 0) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end + 1;
    end = text.indexOf('"', end + 1);
  }
  throw invalidJson('a string is not closed', at);
}

/** `at` is on the first character of a value; the answer is behind its last. Follows the structure only: whoever needs valid JSON validates. */
export function endOfValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return endOfString(text, at);
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) {
    let end = at;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (code === COMMA || code === CLOSE_OBJECT || code === CLOSE_ARRAY || isSpace(code)) break;
      end++;
    }
    if (end === at) throw invalidJson('a value is missing', at);
    return end;
  }
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i) - 1;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (++depth > MAX_DEPTH) throw invalidJson(`it is nested deeper than ${MAX_DEPTH}`, i);
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      if (--depth === 0) return i + 1;
    }
  }
  throw invalidJson('an object or array is not closed', at);
}

/** A member of an object in its text: `text.slice(start, end)` is its value. */
export interface Member {
  name: string;
  start: number;
  end: number;
}

/** The members of the object that the text holds, in order, doubled ones included. */
export function objectMembers(text: string): Member[] {
  const members: Member[] = [];
  eachMember(text, (name, start, end) => void members.push({ name, start, end }));
  return members;
}

/**
 * Calls `visit` for each member of the object that the text holds, in order, until it answers true. Keeps nothing: a hostile object may have
 * millions of members.
 */
export function eachMember(text: string, visit: (name: string, start: number, end: number) => void | true): void {
  let at = skipSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
  if (text.charCodeAt(at) !== OPEN_OBJECT) throw invalidJson('an object is expected', at);
  at = skipSpace(text, at + 1);
  if (text.charCodeAt(at) === CLOSE_OBJECT) return;
  for (;;) {
    if (text.charCodeAt(at) !== QUOTE) throw invalidJson('a property name is expected', at);
    const nameEnd = endOfString(text, at);
    const raw = text.slice(at + 1, nameEnd - 1);
    const name = raw.includes('\\') ? parseString(`"${raw}"`, at) : raw;
    at = skipSpace(text, nameEnd);
    if (text.charCodeAt(at) !== COLON) throw invalidJson('a colon is expected', at);
    const start = skipSpace(text, at + 1);
    const end = endOfValue(text, start);
    if (visit(name, start, end)) return;
    at = skipSpace(text, end);
    const next = text.charCodeAt(at);
    if (next === COMMA) at = skipSpace(text, at + 1);
    else if (next === CLOSE_OBJECT) return;
    else throw invalidJson('a comma or the end of the object is expected', at);
  }
}

function parseString(raw: string, at: number): string {
  try {
    return JSON.parse(raw) as string;
  } catch {
    throw invalidJson('a string is not valid', at);
  }
}

/** The text of a member's value; the last one where the name is doubled, as parsers take it. Without regard to case if asked, as .NET reads. */
export function rawMember(text: string, name: string, options: { ignoreCase?: boolean } = {}): string | undefined {
  const wanted = options.ignoreCase ? name.toLowerCase() : name;
  let value: string | undefined;
  eachMember(text, (member, start, end) => {
    if (member === wanted || (options.ignoreCase && member.toLowerCase() === wanted)) value = text.slice(start, end);
  });
  return value;
}

/**
 * The text with members' values replaced where they stand; a member that isn't there is appended, unless `append` is false.
 * `changes` maps names to JSON texts. All else stays to the letter.
 */
export function spliceMembers(text: string, changes: Readonly<Record<string, string>>, options: { append?: boolean; ignoreCase?: boolean } = {}): string {
  const fold = (name: string) => (options.ignoreCase ? name.toLowerCase() : name);
  const wanted = new Map(Object.entries(changes).map(([name, value]) => [fold(name), { name, value }]));
  const seen = new Set<string>();
  let result = '';
  let done = 0;
  const members = objectMembers(text);
  for (const member of members) {
    const change = wanted.get(fold(member.name));
    if (!change) continue;
    seen.add(fold(member.name));
    result += text.slice(done, member.start) + change.value;
    done = member.end;
  }
  const missing = options.append === false ? [] : [...wanted].filter(([folded]) => !seen.has(folded)).map(([, change]) => change);
  if (missing.length === 0) return result + text.slice(done);
  const close = text.lastIndexOf('}');
  const added = missing.map((change) => `${JSON.stringify(change.name)}:${change.value}`).join(',');
  return result + text.slice(done, close) + (members.length > 0 ? ',' : '') + added + text.slice(close);
}
