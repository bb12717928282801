import { describe, expect, it } from 'vitest';
import { linesOf } from './lines.js';
import { collect } from './spec-fixtures.js';

async function lines(chunks: (string | Buffer)[], longest = 100): Promise<string[]> {
  const source = async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk);
  };
  return collect(linesOf(source(), longest));
}

describe('lines of a text', () => {
  it('are the same however the text is cut', async () => {
    const text = 'one\n\nzwölf\nlast';
    const bytes = Buffer.from(text);
    const expected = ['one', '', 'zwölf', 'last'];
    expect(await lines([text])).toEqual(expected);
    expect(await lines([...bytes].map((byte) => Buffer.from([byte])))).toEqual(expected);
    expect(await lines([`${text}\n`])).toEqual(expected);
    expect(await lines([])).toEqual([]);
  });

  it('are refused when one is longer than is allowed, before all of it is there', async () => {
    expect(await lines(['x'.repeat(5), 'x'.repeat(5)], 10)).toEqual(['x'.repeat(10)]);
    await expect(lines(['ok\n', 'x'.repeat(6), 'x'.repeat(5)], 10)).rejects.toThrow('has a line of more than 10 bytes');
  });
});
