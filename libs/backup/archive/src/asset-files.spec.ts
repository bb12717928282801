import { describe, expect, it } from 'vitest';
import { assetFileOf, hasAssetFile } from './asset-files.js';

const fileOf = (payload: string, stream = 'asset-1--x') => assetFileOf({ type: 'AssetCreatedEventV2', stream, payload }, 9);

describe('the file of an asset event', () => {
  it('is there for creations and replacements, old and new, whatever the case', () => {
    const types = ['AssetCreatedEvent', 'AssetCreatedEventV2', 'AssetUpdated', 'AssetUpdatedEvent', 'assetUPDATEDeventV2'];
    expect(types.map(hasAssetFile)).toEqual(types.map(() => true));
    expect(['AssetDeletedEvent', 'AssetAnnotatedEvent', 'X'].map(hasAssetFile)).toEqual([false, false, false]);
    expect(assetFileOf({ type: 'AssetDeletedEvent', stream: 'asset-1--x', payload: '{"assetId":"x"}' }, 9)).toBeUndefined();
  });

  it('is told by the payload, whose names may have any case', () => {
    const found = { position: 9, type: 'AssetCreatedEventV2', assetId: 'a', name: 'a_3.asset', fileSize: 12, fileHash: 'h' };
    expect(fileOf('{"assetId":"a","fileVersion":3,"fileSize":12,"fileHash":"h","other":{"assetId":"b"}}')).toEqual(found);
    expect(fileOf('{"ASSETID":"a","FileVersion":"3","filesize":"12","FILEHASH":"h"}')).toEqual(found);
  });

  it('has the id of its stream where the payload has none', () => {
    for (const payload of ['{}', '{"assetId":""}', '{"assetId":7}', '{"assetId":null}']) expect(fileOf(payload)?.assetId).toBe('x');
    expect(fileOf('{}', 'asset-1--x--y')?.assetId).toBe('x--y');
    expect(fileOf('{}', 'asset-lonely')?.assetId).toBe('lonely');
  });

  it('has the number 0 and no hash where the payload has none that could be', () => {
    for (const value of ['null', '-1', '1.5', '" "', '"x"', 'true', '9007199254740992', '[1]']) {
      expect(fileOf(`{"fileVersion":${value},"fileSize":${value},"fileHash":12}`)).toMatchObject({ name: 'x_0.asset', fileSize: 0, fileHash: '' });
    }
    expect(fileOf('{"fileVersion":0,"fileSize":9007199254740991}')).toMatchObject({ name: 'x_0.asset', fileSize: 9_007_199_254_740_991 });
  });

  it('has no id that is longer than any', () => {
    expect(fileOf(`{"assetId":"${'i'.repeat(1_000)}"}`)?.assetId).toHaveLength(1_000);
    expect(() => fileOf(`{"assetId":"${'i'.repeat(1_001)}"}`)).toThrow('its asset id has 1001 characters');
  });
});
