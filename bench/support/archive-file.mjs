import { open } from 'node:fs/promises';

/** A file as the archive's library reads it, for as long as `use` takes. */
export async function withArchive(file, use) {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    return await use({
      size,
      async read(position, length) {
        const buffer = Buffer.from(new ArrayBuffer(length));
        await handle.read({ buffer, position, length });
        return buffer;
      },
    });
  } finally {
    await handle.close();
  }
}
