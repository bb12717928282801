import { createHash } from 'node:crypto';
import { RepriseError } from '@reprise/kernel';
import type { FastifyRequest } from 'fastify';

export interface ReceivedFile {
  fileName: string;
  mimeType: string;
  size: number;
  /** Hex. */
  sha256: string;
}

export interface ReceivedForm<Stored> {
  file: ReceivedFile;
  stored: Stored;
  fields: Record<string, string>;
}

/**
 * A form with exactly one file, which goes to `store` as it comes, so that it is never in memory. Errors `upload.no-file`, `upload.too-large`,
 * `upload.malformed`, `upload.broken-off`; when it fails, `discard` is called with what was stored.
 */
export async function receiveFile<Stored>(
  request: FastifyRequest,
  limits: { maxBytes: number },
  store: (bytes: AsyncIterable<Uint8Array>) => Promise<Stored>,
  discard: (stored: Stored) => Promise<void>,
): Promise<ReceivedForm<Stored>> {
  if (!request.isMultipart()) throw oneFile();
  let received: { file: ReceivedFile; stored: Stored } | undefined;
  const fields: Record<string, string> = {};
  try {
    const parts = request.parts({ limits: { fileSize: limits.maxBytes, files: 2, fields: 50, fieldSize: 100_000 } });
    for await (const part of sent(parts, request)) {
      if (part.type === 'field') {
        fields[part.fieldname.toLowerCase()] = String(part.value);
        continue;
      }
      if (received) throw oneFile();
      const digest = createHash('sha256');
      let size = 0;
      const stored = await store(
        (async function* () {
          for await (const chunk of sent(part.file as AsyncIterable<Buffer>, request)) {
            digest.update(chunk);
            size += chunk.length;
            yield chunk;
          }
          // Thrown within the source, so that the store lets go of the part it has.
          if (part.file.truncated) throw tooLarge(limits.maxBytes);
        })(),
      );
      received = { stored, file: { fileName: part.filename, mimeType: part.mimetype, size, sha256: digest.digest('hex') } };
    }
    if (!received) throw oneFile();
    return { ...received, fields };
  } catch (error) {
    if (received) await discard(received.stored);
    throw error;
  }
}

/** What the sender sent. Where it can't be read any further the fault is his, not ours. */
async function* sent<T>(source: AsyncIterable<T>, request: FastifyRequest): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (cause) {
    // Nobody is there any more to read the answer; the code is for those who read the log.
    if (request.raw.destroyed && !request.raw.readableEnded) {
      throw new RepriseError('invalid', 'upload.broken-off', 'The sender hung up before the form had ended.', { cause });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RepriseError('invalid', 'upload.malformed', `The form is not valid 'multipart/form-data': ${reason}. Nothing was kept of it.`, { cause });
  }
}

function oneFile(): RepriseError {
  return new RepriseError('invalid', 'upload.no-file', 'Validation error', { details: ["file: Send exactly one file, as 'multipart/form-data'."] });
}

function tooLarge(maxBytes: number): RepriseError {
  return new RepriseError('limit', 'upload.too-large', `The file is larger than ${maxBytes} bytes, the most that this installation takes.`);
}
