import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importEventsOf, planExport, splitSegment } from './plan-segments.js';

const blocks = fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 120 });

describe('planning export segments', () => {
  it('covers every position once', () => {
    fc.assert(
      fc.property(blocks, fc.integer({ min: 1, max: 1_000 }), (sizes, last) => {
        const cut = (sizes.length - 1) * 1_000 + last;
        const ranges = planExport(sizes, cut);
        expect(ranges[0]!.from).toBe(1);
        expect(ranges.at(-1)!.to).toBe(cut);
        for (const [index, range] of ranges.entries()) if (index > 0) expect(range.from).toBe(ranges[index - 1]!.to + 1);
      }),
    );
  });

  it('keeps all bounds but the last one as the log grows', () => {
    fc.assert(
      fc.property(blocks, blocks, fc.integer({ min: 1, max: 1_000 }), (sizes, more, last) => {
        const cut = (sizes.length - 1) * 1_000 + last;
        const partial = sizes.with(-1, Math.ceil((sizes.at(-1)! * last) / 1_000));
        const closed = planExport(partial, cut).slice(0, -1);
        const later = planExport([...sizes, ...more], (sizes.length + more.length) * 1_000);
        expect(later.slice(0, closed.length)).toEqual(closed);
      }),
    );
  });

  it('closes a segment at 20,000 events, or where the bytes demand it', () => {
    expect(planExport(Array(45).fill(1_000), 45_000)).toEqual([
      { from: 1, to: 20_000 },
      { from: 20_001, to: 40_000 },
      { from: 40_001, to: 45_000 },
    ]);
    expect(planExport(Array(21).fill(1_000), 20_001)).toEqual([
      { from: 1, to: 20_000 },
      { from: 20_001, to: 20_001 },
    ]);
    expect(planExport([90, 90], 1_500, { maxEvents: 20_000, maxBytes: 40 })).toEqual([
      { from: 1, to: 1_000 },
      { from: 1_001, to: 1_500 },
    ]);
    expect(planExport([20, 20, 20], 2_500, { maxEvents: 20_000, maxBytes: 40 })).toEqual([
      { from: 1, to: 2_000 },
      { from: 2_001, to: 2_500 },
    ]);
  });

  it('splits segments into fragments that stay as the log grows, but for the one at the cut', () => {
    fc.assert(
      fc.property(blocks, blocks, fc.integer({ min: 1, max: 1_000 }), (sizes, more, last) => {
        const cut = (sizes.length - 1) * 1_000 + last;
        const partial = sizes.with(-1, Math.ceil((sizes.at(-1)! * last) / 1_000));
        const all = planExport(partial, cut).flatMap(splitSegment);
        const later = planExport([...sizes, ...more], (sizes.length + more.length) * 1_000).flatMap(splitSegment);
        const kept = all.filter(({ to }) => to < cut);
        expect(kept.length).toBeGreaterThanOrEqual(all.length - 1);
        expect(later.slice(0, kept.length)).toEqual(kept);
        expect(all.flatMap(({ from, to }) => [from, to + 1]).filter((bound, index, bounds) => bounds.indexOf(bound) === index)).toHaveLength(all.length + 1);
      }),
    );
    expect(splitSegment({ from: 1, to: 9_000 })).toEqual([
      { from: 1, to: 4_000 },
      { from: 4_001, to: 8_000 },
      { from: 8_001, to: 9_000 },
    ]);
  });

  it('plans nothing for an empty log', () => {
    expect(planExport([], 0)).toEqual([]);
  });
});

describe('planning import segments', () => {
  it.each([
    [1, 2_000],
    [60_000, 2_000],
    [60_001, 3_000],
    [199_618, 7_000],
    [10_000_000, 20_000],
  ])('of %i events takes %i at a time', (total, events) => {
    expect(importEventsOf(total)).toBe(events);
  });
});
