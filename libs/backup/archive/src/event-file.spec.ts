import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEventFile, encodeEventFile, writeEnvelope } from './index.js';
import { eventFiles, fixture, readerOf } from './spec-fixtures.js';

const v2 = (n: object) => JSON.stringify({ n, streamName: null });
const event = { t: 'X', s: 'app-1', p: '{}', h: {} };

describe('event files', () => {
  it.each(['small', 'unicode', 'missing-asset', 'old-types'])('of %s.zip are written again byte for byte', async (name) => {
    for (const file of await eventFiles(await readerOf(fixture(`${name}.zip`)))) {
      const decoded = decodeEventFile(file, 'x');
      expect(writeEnvelope(decoded)).toBe(file);
      const version = Number(/"EventStreamNumber":([0-9]+)/.exec(decoded.headers)![1]);
      const neutral = (text: string) => text.replace(/"EventNumber":"[^"]*"/, '"EventNumber":""');
      expect(neutral(encodeEventFile({ ...decoded, position: 7, version }))).toBe(neutral(file));
      expect(encodeEventFile({ ...decoded, position: 7, version })).toContain('"EventNumber":"7"');
    }
  });

  it("of the old format hold the same as today's", async () => {
    const files = await eventFiles(await readerOf(fixture('small-v1.zip')));
    for (const file of files) {
      const { streamName, data } = JSON.parse(file) as { streamName: string; data: { type: string; payload: unknown; metadata: unknown } };
      const decoded = decodeEventFile(file, 'x');
      expect([decoded.stream, decoded.type, JSON.parse(decoded.payload), JSON.parse(decoded.headers)]).toEqual([
        streamName,
        data.type,
        data.payload,
        data.metadata,
      ]);
      expect(decodeEventFile(writeEnvelope(decoded), 'x')).toEqual(decoded);
    }
  });

  it('are read as .NET reads them: names in any case, raw UTF-8, a byte order mark, headers missing or null', () => {
    const text = '\ufeff{ "N" : { "T":"X", "S":"app-ü", "P":"{\\"a\\":\\"é 1.0\\"}", "H":null } }';
    const decoded = { type: 'X', stream: 'app-ü', payload: '{"a":"é 1.0"}', headers: '{}' };
    expect(decodeEventFile(Buffer.from(text), 'x')).toEqual(decoded);
    expect(writeEnvelope(decoded)).toMatch(/^[ -~]*$/);
  });

  it('keep numbers, order of members and lone surrogates', () => {
    const payload = '{"z":12345678901234567890,"a":[1.0,-0,1e400],"s":"\\uD800"}';
    expect(decodeEventFile(v2({ ...event, p: payload }), 'x').payload).toBe(payload);
    // One escape less: the surrogate stands in the payload's text itself, which no store could hold.
    expect(decodeEventFile('{"n":{"t":"X","s":"app-1","p":"{\\"s\\":\\"\\uD800\\"}"}}', 'x').payload).toBe('{"s":"\\uD800"}');
    const v1 = decodeEventFile(`{"n":null,"streamName":"app-1","data":{"type":"X","payload": ${payload} ,"metadata":{"b":1.0}}}`, 'x');
    expect(v1).toEqual({ type: 'X', stream: 'app-1', payload, headers: '{"b":1.0}' });
  });

  it('go through the envelope unchanged, whatever they hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })), (value) => {
        const decoded = { type: 'XEvent', stream: 'app-1', payload: JSON.stringify(value), headers: '{}' };
        expect(decodeEventFile(Buffer.from(writeEnvelope(decoded)), 'x')).toEqual(decoded);
      }),
    );
  });

  it('have position and version before `Restored`, where headers had none', () => {
    const place = { position: 3, version: 2, type: 'X', stream: 'app-1', payload: '{}' };
    expect(encodeEventFile({ ...place, headers: '{"A":"1","Restored":true}' })).toContain(
      '"h":{"A":"1","EventNumber":"3","EventStreamNumber":2,"Restored":true}',
    );
    expect(encodeEventFile({ ...place, headers: '{ "A" : "1" }' })).toContain('"EventNumber":"3","EventStreamNumber":2');
  });

  it.each([
    ['', /empty/],
    ['{', /not valid/],
    ['[]', /object/],
    ['{"n":null,"data":null}', /neither/],
    [v2({ ...event, p: {} }), /payload is not a string/],
    [v2({ ...event, p: '[]' }), /payload is not an object/],
    [v2({ ...event, p: '{"a":}' }), /JSON/],
    [v2({ ...event, p: `{"a":${'['.repeat(70)}${']'.repeat(70)}}` }), /nested deeper/],
    [v2({ ...event, p: `${'{"a":'.repeat(70)}1${'}'.repeat(70)}` }), /nested deeper/],
    [v2({ ...event, p: `${'{"a":['.repeat(35)}1${']}'.repeat(35)}` }), /nested deeper/],
    [v2({ ...event, s: 'nodash' }), /no dash/],
    [v2({ ...event, t: null }), /type is missing/],
    [v2({ ...event, h: { A: [] } }), /header A/],
    [v2({ ...event, h: { A: {} } }), /header A/],
    [v2({ ...event, h: 5 }), /headers are not an object/],
    ['{"n":{"t":"X","s":"app-1","p":"{}","h":{"A":01}}}', /JSON/],
    ['{"n":{"t":"\\uD800","s":"app-1","p":"{}"}}', /surrogate/],
  ])('are refused by name: %s', (text, reason) => {
    expect(() => decodeEventFile(Buffer.from(text), 'events/0/5.json')).toThrow(reason);
    expect(() => decodeEventFile(Buffer.from(text), 'events/0/5.json')).toThrow('events/0/5.json');
  });

  it('are refused when they are not UTF-8', () => {
    expect(() => decodeEventFile(Buffer.from([0x7b, 0xff, 0x7d]), 'events/0/5.json')).toThrow(/events\/0\/5.json.*UTF-8/);
  });
});
