import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { Readable } from 'node:stream';
import { dataStart, entryInvalid, readEnd, type ArchiveEntry } from './local-entry.js';
import type { RandomAccess } from './random-access.js';
import { LOCAL_SIZE, STORED } from './zip-format.js';

const CHUNK = 1024 * 1024;

/** The entry's plain bytes. `bytes` holds the archive from `base` on. Checked: local header, size, CRC-32, that nothing follows the data. */
export function inflateEntry(bytes: Buffer, base: number, entry: ArchiveEntry): Buffer {
  const start = dataStart(bytes, entry.offset - base, entry);
  const data = bytes.subarray(start, start + entry.compressedSize);
  if (data.length !== entry.compressedSize) throw entryInvalid(entry.name, 'its data is cut off.');
  const plain = entry.method === STORED ? data : inflate(data, entry);
  if (plain.length !== entry.size) throw wrongSize(entry);
  if (crc32(plain) !== entry.crc) throw wrongCrc(entry);
  return plain;
}

function inflate(data: Buffer, entry: ArchiveEntry): Buffer {
  let result: { buffer: Buffer; engine: { bytesWritten: number } };
  try {
    // Never a byte more than was declared, which the limits were checked against.
    const options = { maxOutputLength: Math.max(entry.size, 1), chunkSize: Math.min(Math.max(entry.size + 1, 64), CHUNK), info: true };
    result = inflateRawSync(data, options) as unknown as typeof result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw wrongSize(entry);
    throw entryInvalid(entry.name, 'its data cannot be inflated.', error);
  }
  if (result.engine.bytesWritten !== data.length) throw entryInvalid(entry.name, 'something follows the end of its data.');
  return result.buffer;
}

const wrongSize = (entry: ArchiveEntry) => entryInvalid(entry.name, `it does not have the ${entry.size} bytes that the directory says.`);
const wrongCrc = (entry: ArchiveEntry) => entryInvalid(entry.name, 'its bytes do not have the checksum (CRC-32) that the directory says.');

/** The entry's plain bytes for entries of any size, in chunks of up to 1 MiB; the same checks, of which the CRC can only come at the end. */
export async function* streamEntry(source: RandomAccess, entry: ArchiveEntry): AsyncGenerator<Buffer> {
  const head = await source.read(entry.offset, Math.min(readEnd(entry, source.size) - entry.offset, LOCAL_SIZE + 2 * 0xffff));
  const start = entry.offset + dataStart(head, 0, entry);
  let size = 0;
  let crc = 0;
  const raw = chunks(source, start, entry.compressedSize);
  for await (const chunk of entry.method === STORED ? raw : inflated(raw, entry)) {
    size += chunk.length;
    if (size > entry.size) throw wrongSize(entry);
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (size !== entry.size) throw wrongSize(entry);
  if (crc !== entry.crc) throw wrongCrc(entry);
}

async function* chunks(source: RandomAccess, start: number, length: number): AsyncGenerator<Buffer> {
  for (let done = 0; done < length; done += CHUNK) yield await source.read(start + done, Math.min(CHUNK, length - done));
}

async function* inflated(raw: AsyncIterable<Buffer>, entry: ArchiveEntry): AsyncGenerator<Buffer> {
  const input = Readable.from(raw);
  const stream = createInflateRaw({ chunkSize: 256 * 1024 });
  input.on('error', (error) => stream.destroy(error));
  input.pipe(stream);
  try {
    for await (const chunk of stream) yield chunk as Buffer;
    if (stream.bytesWritten !== entry.compressedSize) throw entryInvalid(entry.name, 'something follows the end of its data.');
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code?.startsWith('Z_') ? entryInvalid(entry.name, 'its data cannot be inflated.', error) : error;
  } finally {
    input.destroy();
    stream.destroy();
  }
}
