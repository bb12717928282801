import { eachMember, netString } from '@reprise/json-text';
import { rewriteAssetUrls } from './asset-urls.js';
import { aboutEvent } from './errors.js';
import type { ArchivedEvent, DecodedEvent } from './event-types.js';
import { restoredHeaders } from './headers.js';
import { eventPath } from './layout.js';
import { mapStream, type RestoreMapping } from './restore-mapping.js';

/** In all cases of letters, in which Squidex reads type names; old and today's types. */
const CONTRIBUTOR_EVENTS = new Set(['appcontributorassignedevent', 'appcontributorassignedeventv2', 'appcontributorremovedevent']);
const CONTENT_EVENTS = new Set(['contentcreatedevent', 'contentcreatedeventv2', 'contentupdatedevent']);
const APP_CREATED = 'appcreatedevent';

export interface TransformedEvent {
  event: ArchivedEvent;
  /** A line for the job's log: the event has no effect in the new app. */
  warning?: string;
}

/**
 * An event of an archive as the new app's log takes it. Values are changed where they stand in the text, all else stays to the letter:
 * app id and name, users who were mapped, asset URLs in contents, and the headers that tell its place. An event about a contributor who
 * can't be mapped becomes a `NoopEvent` in its place, so that positions and versions stay as they were.
 */
export function transformEvent(source: DecodedEvent, place: { position: number; version: number; mapping: RestoreMapping }): TransformedEvent {
  const { position, version, mapping } = place;
  try {
    const stream = mapStream(source.stream, mapping);
    const headers = restoredHeaders(source.headers, { stream, position, version });
    const type = source.type.toLowerCase();
    const changes = changesOf(source.payload, type, mapping);
    if (changes === undefined) {
      const warning = `${eventPath(position - 1)}: ${source.type} was left out, because its contributor is not among the archive's users.`;
      return { event: { position, stream, version, type: 'NoopEvent', payload: '{}', headers }, warning };
    }
    return { event: { position, stream, version, type: source.type, payload: applied(source.payload, changes), headers } };
  } catch (error) {
    throw aboutEvent(eventPath(position - 1), error);
  }
}

interface Change {
  start: number;
  end: number;
  text: string;
}

/** In order of their places; undefined when the event has no effect in the new app. */
function changesOf(payload: string, type: string, mapping: RestoreMapping): Change[] | undefined {
  const changes: Change[] = [];
  let effect = true;
  eachMember(payload, (name, start, end) => {
    // The longest of the names below.
    if (name.length > 'contributorid'.length) return;
    const raw = payload.slice(start, end);
    let text = raw;
    switch (name.toLowerCase()) {
      case 'appid':
        text = netString(`${mapping.newAppId},${mapping.name}`);
        break;
      case 'actor':
        text = mappedActor(raw, mapping.users);
        break;
      case 'name':
        if (type === APP_CREATED) text = netString(mapping.name);
        break;
      case 'contributorid':
        if (CONTRIBUTOR_EVENTS.has(type)) {
          const user = mappedUser(raw, mapping.users);
          if (user === undefined) effect = false;
          else text = netString(user);
        }
        break;
      case 'data':
        if (mapping.urls && raw[0] === '{' && CONTENT_EVENTS.has(type)) text = rewriteAssetUrls(raw, mapping.urls);
        break;
    }
    if (text !== raw) changes.push({ start, end, text });
  });
  return effect ? changes : undefined;
}

function applied(text: string, changes: readonly Change[]): string {
  let result = '';
  let done = 0;
  for (const change of changes) {
    result += text.slice(done, change.start) + change.text;
    done = change.end;
  }
  return done === 0 ? text : result + text.slice(done);
}

function mappedUser(raw: string, users: RestoreMapping['users']): string | undefined {
  const id: unknown = JSON.parse(raw);
  if (typeof id !== 'string' || users === 'same') return typeof id === 'string' ? id : undefined;
  return Object.hasOwn(users, id) ? users[id] : undefined;
}

/** Clients stay as they are, even with the old app's name; so do users who can't be mapped. */
function mappedActor(raw: string, users: RestoreMapping['users']): string {
  if (users === 'same' || !raw.startsWith('"subject:')) return raw;
  const id = (JSON.parse(raw) as string).slice('subject:'.length);
  return Object.hasOwn(users, id) ? netString(`subject:${users[id]}`) : raw;
}
