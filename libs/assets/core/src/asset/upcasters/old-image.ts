import { integer, member, type Payload } from '../../payload.js';

/** Type and metadata from the old flags: an image counts as one only with both of its sizes. */
export function fromOldImage(payload: Payload): { type: string; metadata: Record<string, unknown> } {
  const pixelWidth = integer(payload, 'pixelWidth');
  const pixelHeight = integer(payload, 'pixelHeight');
  const isImage = member(payload, 'isImage') === true && pixelWidth !== undefined && pixelHeight !== undefined;
  return isImage ? { type: 'Image', metadata: { pixelWidth, pixelHeight } } : { type: 'Unknown', metadata: {} };
}
