import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';

export interface ZipEntry {
  name: string;
  bytes: Buffer;
}

/** All entries in their order, doubled names included, read by somebody else's library. */
export async function readZip(archive: Buffer): Promise<ZipEntry[]> {
  const zip = await fromBufferPromise(archive);
  const entries: ZipEntry[] = [];
  for await (const entry of zip.eachEntry()) entries.push({ name: entry.fileName, bytes: await buffer(await zip.openReadStreamPromise(entry)) });
  return entries;
}

/** Texts of the event files by number. */
export function eventTexts(entries: ZipEntry[]): string[] {
  const texts: string[] = [];
  for (const { name, bytes } of entries) {
    const match = /^events\/(\d+)\/(\d+)\.json$/.exec(name);
    if (match) texts[Number(match[2])] = bytes.toString('utf8');
  }
  return texts;
}

/** The attachment of this name, without regard to its folder. */
export function attachment(entries: ZipEntry[], name: string): Buffer | undefined {
  return entries.find((entry) => entry.name.startsWith('attachments/') && entry.name.endsWith(`/${name}`))?.bytes;
}

export function attachmentJson<T>(entries: ZipEntry[], name: string): T {
  const bytes = attachment(entries, name);
  if (!bytes) throw new Error(`The archive has no ${name}.`);
  return JSON.parse(bytes.toString('utf8')) as T;
}

/** `name sha256` of each asset file, in the order of the archive. */
export function assetFiles(entries: ZipEntry[]): string[] {
  return entries.filter(({ name }) => name.endsWith('.asset')).map(({ name, bytes }) => `${name} ${sha256(bytes)}`);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
