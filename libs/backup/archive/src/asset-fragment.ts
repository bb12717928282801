import { encodeEntry } from './deflate.js';
import { sha256, type AssetDigest } from './digests.js';
import type { FragmentIndex } from './fragment-index.js';
import { FragmentLayout } from './fragment-layout.js';
import { attachmentPath } from './layout.js';
import { dosTime, localHeader, STORED, ZIP64_LIMITS, type Zip64Limits } from './zip-format.js';

/** From this size on an asset's file is in no fragment: it is copied from store to store when the archive is assembled. */
export const EXTERNAL_ASSET_BYTES = 10 * 1024 * 1024;

/** Writes the fragment of asset files: each `add…` answers the bytes to append to the fragment's object. Files are stored, not deflated. */
export class AssetFragmentWriter {
  private readonly time: number;
  private readonly limits: Zip64Limits;
  private readonly layout = new FragmentLayout();
  private readonly digests: AssetDigest[] = [];
  private readonly warnings: string[] = [];

  constructor(options: { modified: Date; limits?: Zip64Limits }) {
    this.time = dosTime(options.modified);
    this.limits = options.limits ?? ZIP64_LIMITS;
  }

  /** `position` of the event, `name` as `assetFileName` makes it. */
  addAsset(asset: { position: number; name: string; content: Uint8Array }): Uint8Array[] {
    const { position, content } = asset;
    this.digests.push({ position, name: attachmentPath(asset.name), sha256: sha256(content), size: content.length });
    return this.append(asset.name, content);
  }

  /** A file of the asset store that stays where it is, at `key`; size, CRC-32 and SHA-256 as `digestOf` finds them. */
  addExternalAsset(asset: { position: number; name: string; key: string; size: number; crc: number; sha256: string }): Uint8Array[] {
    const { position, size, crc } = asset;
    const name = attachmentPath(asset.name);
    const record = { name, method: STORED, crc, compressedSize: size, size };
    const header = localHeader(record, this.time, this.limits);
    this.digests.push({ position, name, sha256: asset.sha256, size });
    this.layout.entry(record);
    this.layout.own(header.length);
    this.layout.external(asset.key, size, asset.sha256);
    return [header];
  }

  /** The file is lost: an empty entry, as Squidex leaves it, and a warning. */
  addMissingAsset(asset: { position: number; name: string }): Uint8Array[] {
    const name = attachmentPath(asset.name);
    this.digests.push({ position: asset.position, name, sha256: sha256(''), size: 0, missing: true });
    this.warnings.push(`${name}: the file of this asset is lost, so the archive has an empty one in its place.`);
    return this.append(asset.name, new Uint8Array());
  }

  index(): FragmentIndex {
    return {
      ...this.layout.index(),
      time: this.time,
      events: 0,
      assets: this.digests.length,
      types: {},
      users: [],
      folders: [],
      assetDigests: this.digests,
      warnings: this.warnings,
    };
  }

  private append(name: string, content: Uint8Array): Uint8Array[] {
    const { record, header, data } = encodeEntry(attachmentPath(name), content, { time: this.time, stored: true, limits: this.limits });
    this.layout.entry(record);
    this.layout.own(header.length + data.length);
    return data.length > 0 ? [header, data] : [header];
  }
}
