/** What an erased event becomes, in its place and with its headers. Squidex accepts archives with such events. */
export const REDACTED = { type: 'NoopEvent', payload: '{}' } as const;

export function isRedacted({ type, payload }: { type: string; payload: string }): boolean {
  return type === REDACTED.type && payload === REDACTED.payload;
}
