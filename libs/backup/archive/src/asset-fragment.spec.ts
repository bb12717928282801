import { describe, expect, it } from 'vitest';
import { AssetFragmentWriter } from './asset-fragment.js';
import { MODIFIED } from './spec-fixtures.js';
import { dosTime, STORED } from './zip-format.js';

describe('a fragment of asset files', () => {
  const content = Buffer.from('as it is '.repeat(100));

  it('stores a file as it is behind a header with the time of the backup, and says that it is large where the format asks for it', () => {
    const writer = new AssetFragmentWriter({ modified: MODIFIED });
    const small = new AssetFragmentWriter({ modified: MODIFIED, limits: { bytes: 100, entries: 10 } });
    const [header, data] = writer.addAsset({ position: 1, name: 'a_0.asset', content }).map((bytes) => Buffer.from(bytes)) as [Buffer, Buffer];
    expect([header.readUInt16LE(8), header.readUInt32LE(10), data]).toEqual([STORED, dosTime(MODIFIED), content]);
    expect([header, small.addAsset({ position: 1, name: 'a_0.asset', content })[0]!].map((bytes) => bytes.length)).toEqual([header.length, header.length + 20]);
    expect(writer.index()).toMatchObject({ users: [], time: dosTime(MODIFIED), assets: 1 });
  });

  it('has nothing but a header of a file that is lost', () => {
    const writer = new AssetFragmentWriter({ modified: MODIFIED });
    expect(writer.addMissingAsset({ position: 1, name: 'a_0.asset' })).toEqual([expect.any(Uint8Array)]);
  });
});
