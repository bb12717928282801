import { RepriseError } from '@reprise/kernel';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

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
  if (first !== 0x7b && first !== 0x5b) {
    let end = at;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (code === 0x2c || code === 0x7d || code === 0x5d || isSpace(code)) break;
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
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_DEPTH) throw invalidJson(`it is nested deeper than ${MAX_DEPTH}`, i);
    } else if (code === 0x7d || code === 0x5d) {
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
  let at = skipSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
  if (text[at] !== '{') throw invalidJson('an object is expected', at);
  at = skipSpace(text, at + 1);
  if (text[at] === '}') return members;
  for (;;) {
    if (text[at] !== '"') throw invalidJson('a property name is expected', at);
    const nameEnd = endOfString(text, at);
    const raw = text.slice(at, nameEnd);
    const name = raw.includes('\\') ? parseString(raw, at) : raw.slice(1, -1);
    at = skipSpace(text, nameEnd);
    if (text[at] !== ':') throw invalidJson('a colon is expected', at);
    const start = skipSpace(text, at + 1);
    const end = endOfValue(text, start);
    members.push({ name, start, end });
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
    else if (text[at] === '}') return members;
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
  const found = objectMembers(text).findLast((member) => (options.ignoreCase ? member.name.toLowerCase() : member.name) === wanted);
  return found && text.slice(found.start, found.end);
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
