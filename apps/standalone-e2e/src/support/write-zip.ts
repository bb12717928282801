import { ZipArchive } from 'archiver';
import type { ZipEntry } from '@reprise/backup-testing';

/** An archive written by somebody else's library. */
export async function writeZip(entries: ZipEntry[]): Promise<Buffer> {
  const zip = new ZipArchive({ zlib: { level: 1 } });
  const chunks: Buffer[] = [];
  zip.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (const { name, bytes } of entries) zip.append(bytes, { name });
  await zip.finalize();
  return Buffer.concat(chunks);
}
