import { describe, expect, it } from 'vitest';
import { decodeImportPlan, encodeImportPlan, type AssetImportPlan, type EventImportPlan } from './index.js';

describe('the plan of a segment to import', () => {
  const entry = { offset: 5_000_000_000, compressedSize: 2, size: 3, crc: 4, method: 8 };
  const folder = { name: 'events/0', sha256: 'abc', size: 9, count: 2 };

  it('reads back as it was written', () => {
    const events: EventImportPlan = {
      kind: 'events',
      from: 1,
      to: 2,
      entries: [entry, { ...entry, offset: 6, method: 0 }],
      versions: [0, 1],
      folders: [folder],
    };
    expect(decodeImportPlan(encodeImportPlan(events))).toEqual(events);
    const item = { position: 3, assetId: 'a', name: 'a_0.asset', fileSize: 1, fileHash: '', entry: null, lostBefore: true };
    const assets: AssetImportPlan = { kind: 'assets', from: 3, to: 9, items: [item, { ...item, entry: { ...entry, name: 'attachments/1/a' } }] };
    expect(decodeImportPlan(encodeImportPlan(assets))).toEqual(assets);
  });

  it('is read where its bytes stand in a larger block', () => {
    const bytes = encodeImportPlan({ kind: 'assets', from: 3, to: 9, items: [] });
    const block = Buffer.concat([Buffer.from('xx'), bytes, Buffer.from('yy')]);
    expect(decodeImportPlan(block.subarray(2, -2))).toMatchObject({ from: 3, to: 9 });
  });

  it('is refused when it is no plan', () => {
    expect(() => decodeImportPlan(Buffer.from('{"kind":'))).toThrow(expect.objectContaining({ kind: 'corrupt', code: 'archive.plan-invalid' }));
  });
});
