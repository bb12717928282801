import { imageSize } from 'image-size';

/** How much of a file's beginning {@link describeFile} wants to see; sizes of photos can stand behind long EXIF blocks. */
export const DESCRIBED_BYTES = 256 * 1024;

export interface FileDescription {
  type: 'Unknown' | 'Image' | 'Audio' | 'Video';
  metadata: Record<string, unknown>;
}

/** From the MIME type and the beginning of the file. An image is one only if its size can be read. */
export function describeFile(mimeType: string, beginning: Uint8Array): FileDescription {
  const kind = mimeType.toLowerCase().split('/')[0];
  if (kind === 'audio') return { type: 'Audio', metadata: {} };
  if (kind === 'video') return { type: 'Video', metadata: {} };
  const size = kind === 'image' ? sizeOf(beginning) : undefined;
  return size ? { type: 'Image', metadata: { pixelWidth: size.width, pixelHeight: size.height } } : { type: 'Unknown', metadata: {} };
}

function sizeOf(beginning: Uint8Array): { width: number; height: number } | undefined {
  try {
    const { width, height, orientation } = imageSize(beginning);
    if (!Number.isSafeInteger(width) || !Number.isSafeInteger(height) || width < 1 || height < 1) return undefined;
    // EXIF 5 to 8: shown turned by a quarter.
    return orientation !== undefined && orientation >= 5 ? { width: height, height: width } : { width, height };
  } catch {
    // Whatever was sent as an image and isn't one.
    return undefined;
  }
}
