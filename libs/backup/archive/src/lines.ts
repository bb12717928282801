/** The lines of a text that comes in chunks, as UTF-8, without their ends. Throws for one of more than `longest` bytes. */
export async function* linesOf(chunks: AsyncIterable<Buffer>, longest: number): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, at)) {
      yield bytes.toString('utf8', at, end);
      at = end + 1;
    }
    // A copy, so that the chunk isn't kept.
    rest = Buffer.from(bytes.subarray(at));
    if (rest.length > longest) throw new Error(`has a line of more than ${longest} bytes.`);
  }
  if (rest.length > 0) yield rest.toString();
}
