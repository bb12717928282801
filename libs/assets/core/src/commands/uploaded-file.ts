import type { FileDescription } from './describe-file.js';

/** A file that lies in the asset store already. */
export interface UploadedFile {
  /** Becomes the id of the event that takes the file up, by which its object is found. */
  uploadId: string;
  fileName: string;
  mimeType: string;
  /** Bytes. */
  size: number;
  /** In lower-case hex. */
  sha256: string;
  description: FileDescription;
}
