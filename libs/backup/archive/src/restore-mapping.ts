import { invalid } from './errors.js';

/** What a restore changes, in every event alike. */
export interface RestoreMapping {
  oldAppId: string;
  newAppId: string;
  /** Name of the new app. */
  name: string;
  /** The archive's user ids to this installation's; ids left out can't be mapped. `same`: they are this installation's, known or not. */
  users: Record<string, string> | 'same';
  /** Base URLs of asset files, old and new, with and without the app; absent if the archive has no urls.json. */
  urls?: { oldAssets: string; oldAssetsApp: string; newAssets: string; newAssetsApp: string };
}

export function encodeMapping(mapping: RestoreMapping): Buffer {
  return Buffer.from(JSON.stringify(mapping));
}

export function decodeMapping(bytes: Uint8Array): RestoreMapping {
  return JSON.parse(Buffer.from(bytes).toString()) as RestoreMapping;
}

/**
 * The stream's name in the new app, as Squidex maps it: the app's own stream gets the new id; of all others the part behind the first
 * `--` (the whole id if there is none) is put behind the new app's id. So ids that hold `--`, and `--deleted`, survive.
 * Error `archive.stream-invalid` (invalid) for a name without dash.
 */
export function mapStream(stream: string, { oldAppId, newAppId }: Pick<RestoreMapping, 'oldAppId' | 'newAppId'>): string {
  const dash = stream.indexOf('-');
  if (dash < 0) throw invalid('stream-invalid', `The stream name '${stream.slice(0, 60)}' has no dash.`);
  const kind = stream.slice(0, dash);
  const id = stream.slice(dash + 1);
  if (id === oldAppId || id === `${oldAppId}--${oldAppId}`) return `${kind}-${newAppId}`;
  const separator = id.indexOf('--');
  return `${kind}-${newAppId}--${separator < 0 ? id : id.slice(separator + 2)}`;
}
