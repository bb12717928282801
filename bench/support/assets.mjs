import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

const CHUNK = 16 * 1024 ** 2;

/** A file that doesn't compress. One chunk is made up and written over and over, each time with a number of its own in front. */
export async function randomFile(file, bytes) {
  const chunk = randomBytes(CHUNK);
  await pipeline(function* () {
    for (let done = 0; done < bytes; done += CHUNK) {
      const copy = Buffer.from(chunk.subarray(0, Math.min(CHUNK, bytes - done)));
      copy.writeDoubleLE(done);
      yield copy;
    }
  }, createWriteStream(file));
}

export function uploadAsset(client, app, file) {
  return client.post(`/api/apps/${app}/assets`, { upload: { file: { path: file, name: 'large.bin' } } });
}
