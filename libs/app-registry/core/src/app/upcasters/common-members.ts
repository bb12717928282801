import { member } from '@reprise/json-text';

/** What every event has at its end, copied from an old one. */
export function commonMembers(payload: Record<string, unknown>): Record<string, unknown> {
  return { appId: member(payload, 'appId') ?? null, actor: member(payload, 'actor') ?? null, fromRule: member(payload, 'fromRule') ?? false };
}
