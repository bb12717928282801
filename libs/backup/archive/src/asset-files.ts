import { eachMember } from '@reprise/json-text';
import type { DecodedEvent } from './event-types.js';
import { assetFileName } from './layout.js';

/** An asset event, as far as its file is concerned. */
export interface AssetFile {
  position: number;
  type: string;
  assetId: string;
  /** Name of the attachment that should hold its file. */
  name: string;
  /** Bytes; 0 if the event doesn't say, as Squidex takes it. */
  fileSize: number;
  /** Squidex's hash, `''` if the event doesn't say. */
  fileHash: string;
}

/** Far more than an id has; ours have up to 100. It becomes part of a name in the archive. */
const LONGEST_ID = 1_000;

const MEMBERS = new Set(['assetid', 'fileversion', 'filesize', 'filehash']);
const FILE_EVENTS = new Set(['assetcreatedevent', 'assetcreatedeventv2', 'assetupdated', 'assetupdatedevent', 'assetupdatedeventv2']);

/** Whether events of this type have a file in the archive: creations and replacements of assets, in old types and today's. */
export function hasAssetFile(type: string): boolean {
  return FILE_EVENTS.has(type.toLowerCase());
}

/** The file that an asset event speaks of; undefined for all other events. Throws for an id that can't be one. */
export function assetFileOf(event: Pick<DecodedEvent, 'type' | 'stream' | 'payload'>, position: number): AssetFile | undefined {
  if (!hasAssetFile(event.type)) return undefined;
  const members = new Map<string, string>();
  eachMember(event.payload, (name, start, end) => {
    const member = name.toLowerCase();
    if (MEMBERS.has(member)) members.set(member, event.payload.slice(start, end));
  });
  const value = (name: string): unknown => JSON.parse(members.get(name) ?? 'null');
  const id = value('assetid');
  const assetId = typeof id === 'string' && id !== '' ? id : idOfStream(event.stream);
  if (assetId.length > LONGEST_ID) throw new Error(`its asset id has ${assetId.length} characters.`);
  const fileVersion = numberOf(value('fileversion'));
  const hash = value('filehash');
  return {
    position,
    type: event.type,
    assetId,
    name: assetFileName(assetId, fileVersion),
    fileSize: numberOf(value('filesize')),
    fileHash: typeof hash === 'string' ? hash : '',
  };
}

/** Squidex reads numbers from strings too, and takes 0 where there is none. */
function numberOf(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : 0;
}

function idOfStream(stream: string): string {
  const id = stream.slice(stream.indexOf('-') + 1);
  const separator = id.indexOf('--');
  return separator < 0 ? id : id.slice(separator + 2);
}
