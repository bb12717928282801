import { describe, expect, it } from 'vitest';
import type { StoredEvent } from './event-log.js';
import { countOfPacked, EventPacker, unpackEvents } from './packed-events.js';

const events: StoredEvent[] = [
  { position: 1, stream: 'app-1', version: 0, type: 'AppCreatedEvent', payload: '{"name":"a"}', headers: '{}' },
  { position: 2, stream: 'content-1--ä', version: 12, type: 'ContentCreatedEventV2', payload: `{"t":"𝄞 \u00e9 ${'x'.repeat(5_000)}"}`, headers: '' },
  { position: 2 ** 40, stream: 'content-1--€', version: 0, type: '', payload: '{}', headers: '{"n":1.0}' },
];

describe('packed events', () => {
  it.each([0, 1, 100_000])('are the same when they are unpacked, with %i bytes to begin with', (bytes) => {
    const packer = new EventPacker(bytes);
    events.forEach((event) => packer.add(event));
    const packed = packer.take();
    expect(countOfPacked(packed)).toBe(3);
    expect([...unpackEvents(packed)]).toEqual(events);
  });

  it('stand alone in their memory, so that they can change hands', () => {
    const packer = new EventPacker(1_000);
    packer.add(events[0]!);
    const { texts, numbers } = packer.take();
    expect(texts.byteLength).toBe(texts.buffer.byteLength);
    const moved = structuredClone({ texts, numbers }, { transfer: [texts.buffer, numbers.buffer] as ArrayBuffer[] });
    expect([...unpackEvents(moved)]).toEqual([events[0]]);
    expect(texts.byteLength).toBe(0);
  });
});
