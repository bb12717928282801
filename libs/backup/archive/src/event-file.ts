import { isAscii } from 'node:buffer';
import { checkJson, eachMember, endOfValue, escapeLoneSurrogates, MAX_DEPTH, netString, normalizeJson, skipSpace } from '@reprise/json-text';
import { aboutEvent, shownName } from './errors.js';
import type { ArchivedEvent, DecodedEvent } from './event-types.js';
import { exportedHeaders } from './headers.js';

const COMPACT_ASCII = /^[\x20-\x7e]*$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The event file's text in today's format (V2), as Squidex writes it: EventNumber and EventStreamNumber are position and version. */
export function encodeEventFile(event: ArchivedEvent): string {
  return writeEnvelope({ ...event, headers: exportedHeaders(event) });
}

/** The envelope around an event, headers as they are. Pure ASCII; the members of the old format stand there as nulls. */
export function writeEnvelope(event: DecodedEvent): string {
  const headers = COMPACT_ASCII.test(event.headers) ? event.headers : normalizeJson(event.headers);
  return (
    `{"n":{"t":${netString(event.type)},"s":${netString(event.stream)},"p":${payloadString(event.payload)},"h":${headers}},` +
    '"streamName":null,"eventPosition":null,"eventStreamNumber":0,"data":null}'
  );
}

const SLICE = 64 * 1024;

/** Escaping a text takes many times its memory, so a long one goes slice by slice: each character is escaped for itself. */
function payloadString(payload: string): string {
  if (payload.length <= SLICE) return netString(payload);
  let result = '"';
  for (const slice of slicesOf(payload)) result += netString(slice).slice(1, -1);
  return result + '"';
}

function* slicesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += SLICE) yield text.slice(at, at + SLICE);
}

/** Bytes that {@link encodeEventFile} makes, without making them. */
export function lengthOfEventFile(event: ArchivedEvent): number {
  let length = writeEnvelope({ ...event, headers: exportedHeaders(event), payload: '' }).length;
  for (const slice of slicesOf(event.payload)) length += netString(slice).length - 2;
  return length;
}

/**
 * What an event file holds, in today's format (V2) or the old one (V1); payload and headers as the text they came as, lone surrogates
 * escaped. Missing headers are `{}`. Reads what .NET reads: names in any case, UTF-8 beside escapes, a byte order mark.
 * Error `archive.event-invalid` (invalid) says what is wrong in which entry. `checked` is for bytes that were decoded before, which their
 * CRC-32 tells: their JSON is not gone through again.
 */
export function decodeEventFile(file: string | Uint8Array, entry: string, checked = false): DecodedEvent {
  try {
    const text = typeof file === 'string' ? file : textOf(file);
    const { n: today, streamname, data } = valuesOf(text, 'n', 'streamname', 'data');
    const event = today !== undefined ? decodeV2(today) : decodeV1(streamname, data);
    if (!checked) check(event);
    if (!event.stream.includes('-')) throw new Error('the name of its stream has no dash.');
    return event;
  } catch (error) {
    throw aboutEvent(entry, error);
  }
}

function decodeV2(text: string): DecodedEvent {
  const { t, s, p, h } = valuesOf(text, 't', 's', 'p', 'h');
  return { type: stringOf(t, 'type'), stream: stringOf(s, 'stream'), payload: stringOf(p, 'payload', escapeLoneSurrogates), headers: headersOf(h) };
}

function decodeV1(stream: string | undefined, text: string | undefined): DecodedEvent {
  if (text === undefined) throw new Error('it has neither "n" (today\'s format) nor "data" (the old one).');
  const { type, payload = '', metadata } = valuesOf(text, 'type', 'payload', 'metadata');
  return { type: stringOf(type, 'type'), stream: stringOf(stream, 'stream'), payload: escapeLoneSurrogates(payload), headers: headersOf(metadata) };
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length === 0) throw new Error('it is empty.');
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isAscii(buffer)) return buffer.toString('latin1');
  try {
    return utf8.decode(buffer);
  } catch {
    throw new Error('it is not UTF-8.');
  }
}

/** Some members of an object by lower-case name, as raw texts; null and absent are the same. The last one counts where a name is doubled. */
function valuesOf<Name extends string>(text: string, ...names: Name[]): Partial<Record<Name, string | undefined>> {
  const values: Partial<Record<Name, string | undefined>> = {};
  eachMember(text, (member, start, end) => {
    for (const name of names) {
      if (name !== member && (name.length !== member.length || name !== member.toLowerCase())) continue;
      const value = text.slice(start, end);
      values[name] = value === 'null' ? undefined : value;
      return;
    }
  });
  return values;
}

/** Stores hold UTF-8: a lone surrogate in a name could not be kept, so it is refused unless `repair` knows better. */
function stringOf(raw: string | undefined, what: string, repair?: (value: string) => string): string {
  if (raw === undefined) throw new Error(`its ${what} is missing.`);
  if (raw[0] !== '"') throw new Error(`its ${what} is not a string.`);
  const value = JSON.parse(raw) as string;
  if (value.isWellFormed()) return value;
  if (!repair) throw new Error(`its ${what} holds half a surrogate pair.`);
  return repair(value);
}

/** Once, here, so that all who read the log later may trust it: JSON objects, the payload not deeper than 64, the headers flat. */
function check({ payload, headers }: DecodedEvent): void {
  const start = skipSpace(payload, 0);
  if (payload[start] !== '{') throw new Error('its payload is not an object.');
  checkValid(payload);
  checkValid(headers);
  eachMember(headers, (name, at) => {
    if (headers[at] === '{' || headers[at] === '[') throw new Error(`its header ${shownName(name)} is an object or array.`);
  });
}

/** Parsing is the quickest way to check a text. A large one would become many times its size. */
function checkValid(json: string): void {
  if (json.length > SLICE) return checkJson(json);
  // First how deep it is: parsing what is nested a million times takes seconds.
  if (holdsMore(json, '{', MAX_DEPTH / 2) || holdsMore(json, '[', MAX_DEPTH / 2)) endOfValue(json, skipSpace(json, 0));
  JSON.parse(json);
}

/** Nearly no event holds so many objects or arrays that they could be nested too deeply: that saves walking through its text. */
function holdsMore(text: string, character: string, most: number): boolean {
  let at = -1;
  for (let found = 0; found <= most; found++) {
    at = text.indexOf(character, at + 1);
    if (at < 0) return false;
  }
  return true;
}

function headersOf(raw: string | undefined): string {
  if (raw === undefined) return '{}';
  if (raw[0] !== '{') throw new Error('its headers are not an object.');
  return escapeLoneSurrogates(raw);
}
