/** Archives as somebody with bad intentions makes them, just under the limits. Each case writes one to a file. */
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { crc32, deflateRawSync } from 'node:zlib';
import { attachmentPath, ATTACHMENTS, eventPath } from '@reprise/backup-archive';
import { centralHeader, endRecords, localHeader } from '@reprise/backup-archive/testing';

const APP = '420371f9-ea23-46de-9ce3-00aeeec060a2';
const EVENT_BYTES = 16 * 1024 ** 2;
/** Less than the whole file: the envelope, and what the escapes around quotes take. */
const ROOM = EVENT_BYTES - 1_000;

const WRITE_BYTES = 1024 ** 2;

/** Writes entry by entry; `stored` data is not deflated. */
class ZipFile {
  #out;
  #directory = [];
  #entries = 0;
  #offset = 0;
  #pending = [];
  #pendingBytes = 0;

  constructor(file) {
    this.#out = createWriteStream(file);
  }

  async add(name, content, { stored = false } = {}) {
    const plain = Buffer.from(content);
    const data = stored || plain.length === 0 ? plain : deflateRawSync(plain, { level: 1 });
    await this.addRaw({ name, method: data === plain ? 0 : 8, crc: crc32(plain), compressedSize: data.length, size: plain.length }, data);
  }

  async addRaw(entry, data) {
    const record = { ...entry, offset: this.#offset };
    const header = localHeader(record, 0);
    await this.#write(header);
    await this.#write(data);
    this.#offset += header.length + data.length;
    this.#directory.push(centralHeader(record, 0));
    this.#entries++;
  }

  async end() {
    const size = this.#directory.reduce((sum, { length }) => sum + length, 0);
    for (const record of this.#directory) await this.#write(record);
    await this.#write(endRecords({ entries: this.#entries, offset: this.#offset, size }));
    this.#out.end(Buffer.concat(this.#pending));
    await once(this.#out, 'close');
  }

  async #write(bytes) {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes < WRITE_BYTES) return;
    const full = this.#out.write(Buffer.concat(this.#pending));
    this.#pending = [];
    this.#pendingBytes = 0;
    if (!full) await once(this.#out, 'drain');
  }
}

const event = (type, stream, payload) => JSON.stringify({ n: { t: type, s: stream, p: payload, h: {} } });
const V1 = (type, stream, payload) => `{"n":null,"streamName":"${stream}","data":{"type":"${type}","metadata":{},"payload":${payload}}}`;
const created = event('AppCreatedEvent', `app-${APP}`, JSON.stringify({ name: 'hostile', appId: `${APP},hostile` }));

/** An archive that is whole but for what `more` puts in; `users` and the like stand for the small attachments. */
async function archive(file, more, attachments = {}) {
  const zip = new ZipFile(file);
  await zip.add(eventPath(0), created);
  await more(zip);
  for (const [name, content] of Object.entries({ [ATTACHMENTS.users]: '{}', [ATTACHMENTS.settings]: '{}', ...attachments })) {
    await zip.add(attachmentPath(name), content, { stored: content.length > 1_000_000 });
  }
  await zip.end();
}

/** `count` events of the same bytes. */
function events(count, text, { stored = true } = {}) {
  return (file) =>
    archive(file, async (zip) => {
      for (let number = 1; number <= count; number++) await zip.add(eventPath(number), text(number), { stored });
    });
}

const content = `content-${APP}--c`;
const fill = (from, length) => from.repeat(Math.floor(length / from.length));
const keys = (length) => {
  let text = '';
  for (let i = 0; text.length < length; i++) text += `"${i.toString(36)}":1,`;
  return `${text}"last":1`;
};
const once16 = (make) => {
  let text;
  return () => (text ??= make());
};
/** What a quote takes in a payload that stands in a string. */
const QUOTE = 2;
/** How many times its length a text of keys takes in a backup, which has a quote as `\\u0022`: what would be larger is refused early. */
const KEYS_IN_A_BACKUP = 2.2;

export const hostileCases = {
  'long-strings': events(
    30,
    once16(() => event('ContentCreatedEventV2', content, `{"data":{"a":"${fill('x', ROOM)}"}}`)),
  ),
  escapes: events(
    12,
    once16(() => event('ContentCreatedEventV2', content, `{"data":{"a":"${fill('\\u00FC', (ROOM * 6) / 7)}"}}`)),
  ),
  'raw-utf8': events(
    12,
    once16(() => event('ContentCreatedEventV2', content, `{"data":{"a":"${fill('ü', ROOM / 6)}"}}`)),
  ),
  'wide-strings': events(
    12,
    once16(() => event('ContentCreatedEventV2', content, `{"data":{"a":"\u017e${fill('x', ROOM - 100)}"}}`)),
  ),
  'large-of-all-kinds': events(12, (number) => {
    const [type, stream] = [
      ['ContentCreatedEventV2', `content-${APP}--c${number}`],
      ['AppWorkflowAddedEvent', `app-${APP}`],
      ['AssetCreatedEventV2', `asset-${APP}--a${number}`],
    ][number % 3];
    return event(type, stream, `{"data":{},"workflowId":"w${number}","fileName":"${fill('x', ROOM - 1_000)}","name":"${number}"}`);
  }),
  'deep-nesting': events(
    12,
    once16(() => event('ContentCreatedEventV2', content, `{"data":[${fill(`${'['.repeat(60)}${']'.repeat(60)},`, ROOM)}0]}`)),
  ),
  'small-arrays': events(
    12,
    once16(() => event('ContentCreatedEventV2', content, `{"data":[${fill('[],', ROOM)}0]}`)),
  ),
  'millions-of-keys': events(
    8,
    once16(() => event('AssetCreatedEventV2', `asset-${APP}--a`, `{${keys(ROOM / QUOTE)}}`)),
  ),
  'millions-of-keys-v1': events(
    8,
    once16(() => V1('ContentCreatedEventV2', content, `{${keys(ROOM)}}`)),
  ),
  'millions-of-keys-in-data': events(
    8,
    once16(() => V1('ContentCreatedEventV2', content, `{"data":{${keys(ROOM / KEYS_IN_A_BACKUP)}}}`)),
  ),
  'keys-of-an-app': events(
    8,
    once16(() => V1('AppSettingsUpdatedEvent', `app-${APP}`, `{"settings":{${keys(ROOM)}}}`)),
  ),
  'values-at-the-limit': events(
    40,
    once16(() => V1('AppSettingsUpdatedEvent', `app-${APP}`, `{"settings":{${keys(1_800_000)}}}`)),
  ),
  'many-headers': events(
    8,
    once16(() => `{"n":{"t":"X","s":"${content}","p":"{}","h":{${keys(ROOM)}}}}`),
  ),
  'members-of-the-file': events(
    8,
    once16(() => `{${keys(ROOM - 500)},${event('X', content, '{}').slice(1)}`),
  ),
  'bombs-under-the-ratio': events(
    40,
    () => {
      const noise = randomBytes(60_000).toString('base64');
      return event('ContentCreatedEventV2', content, `{"data":{"a":"${noise}${fill('x', ROOM - 100_000)}"}}`);
    },
    { stored: false },
  ),
  'many-clients': (file) => events(30_000, (i) => event('AppClientAttachedEvent', `app-${APP}`, `{"id":"client-${i}","secret":"s"}`))(file),
  'million-events': (file) => events(1_000_000, (i) => event('X', `content-${APP}--${i}`, '{}'))(file),
  'million-attachments': (file) =>
    archive(file, async (zip) => {
      for (let i = 0; i < 1_000_000; i++) await zip.add(attachmentPath(`${i}-${APP}_0.asset`), '');
    }),
  'million-of-one-name': (file) =>
    archive(file, async (zip) => {
      await zip.add(eventPath(1), event('AssetCreatedEventV2', `asset-${APP}--a`, '{"assetId":"a","fileVersion":0,"fileSize":1}'));
      for (let i = 0; i < 1_000_000; i++) await zip.add(attachmentPath('a_0.asset'), '');
    }),
  'million-unknown-entries': (file) =>
    archive(file, async (zip) => {
      for (let i = 0; i < 1_000_000; i++) await zip.add(`../../nobody/knows/${i}`, '');
    }),
  'endless-names': (file) =>
    archive(file, async (zip) => {
      for (let i = 0; i < 5_000; i++) await zip.add(attachmentPath(`${i}-${fill('x', 60_000)}_0.asset`), '');
    }),
  'large-manifest': (file) =>
    archive(file, async (zip) => {
      const lines = [];
      for (let i = 0, length = 0; length < 250 * 1024 ** 2; i++) {
        const line = `{"position":${i},"name":"${attachmentPath(`${i}-${APP}_0.asset`)}","sha256":"${createHash('sha256').update(`${i}`).digest('hex')}","size":1}\n`;
        lines.push(line);
        length += line.length;
      }
      await zip.add(attachmentPath(ATTACHMENTS.assetManifest), lines.join(''), { stored: true });
      await zip.add(attachmentPath(ATTACHMENTS.eventManifest), '');
      await zip.add(attachmentPath(ATTACHMENTS.manifest), JSON.stringify({ formatVersion: 1, events: 1, assets: lines.length, root: '' }));
    }),
  'many-users': (file) => {
    const users = {};
    for (let i = 0; i < 250_000; i++) users[`user-${i}`] = `user-${i}@example.com`;
    return archive(file, async () => undefined, { [ATTACHMENTS.users]: JSON.stringify(users) });
  },
  'users-at-the-limit': (file) => {
    const users = Object.fromEntries(Array.from({ length: 99_000 }, (_, i) => [`user-${i}-${fill('u', 60)}`, `user-${i}-${fill('u', 60)}@example.com`]));
    return archive(file, async () => undefined, { [ATTACHMENTS.users]: JSON.stringify(users) });
  },
  'settings-and-tags-at-the-limit': (file) => {
    const tags = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`t${i}`, { name: `n${i}-${fill('n', 200)}`, count: 1 }]));
    return archive(file, async () => undefined, { [ATTACHMENTS.settings]: `{${keys(ROOM - 500)}}`, [ATTACHMENTS.tags]: JSON.stringify(tags) });
  },
  'large-settings-and-tags': (file) => {
    const tags = `{${fill('"t":{"name":"n","count":1},', ROOM)}"last":{"name":"n","count":1}}`;
    return archive(file, async () => undefined, { [ATTACHMENTS.settings]: `{${keys(ROOM - 500)}}`, [ATTACHMENTS.tags]: tags });
  },
  'large-avatar': (file) => archive(file, (zip) => zip.add(attachmentPath(ATTACHMENTS.avatar), Buffer.alloc(500 * 1024 ** 2, 'x'), { stored: true })),
};
