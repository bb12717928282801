import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** A form with a file of this machine. `FormData` would need the file as a blob, of which Node gets the size wrong above 4 GiB. */
export interface FileForm {
  fields?: Record<string, string>;
  file: { path: string; name: string; type?: string };
}

/** The form as `multipart/form-data`, read from the disk while it is sent. */
export function encodeFileForm({ fields = {}, file }: FileForm): { contentType: string; body: ReadableStream } {
  const boundary = `reprise-${randomUUID()}`;
  const part = (disposition: string, headers = '') => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n${headers}\r\n`;
  const parts = async function* () {
    for (const [name, value] of Object.entries(fields)) yield Buffer.from(`${part(`name="${quoted(name)}"`)}${value}\r\n`);
    yield Buffer.from(part(`name="file"; filename="${quoted(file.name)}"`, `Content-Type: ${file.type ?? 'application/octet-stream'}\r\n`));
    yield* createReadStream(file.path, { highWaterMark: 256 * 1024 });
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  };
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: ReadableStream.from(parts()) };
}

/** As browsers do it. */
function quoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
