import { integerOrNull, type JsonObject, member } from '@reprise/json-text';

/** Type and metadata from the old flags: an image counts as one only with both of its sizes. */
export function fromOldImage(payload: JsonObject): { type: string; metadata: Record<string, unknown> } {
  const pixelWidth = integerOrNull(payload, 'pixelWidth');
  const pixelHeight = integerOrNull(payload, 'pixelHeight');
  const isImage = member(payload, 'isImage') === true && pixelWidth !== null && pixelHeight !== null;
  return isImage ? { type: 'Image', metadata: { pixelWidth, pixelHeight } } : { type: 'Unknown', metadata: {} };
}
