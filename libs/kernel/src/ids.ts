import { randomUUID } from 'node:crypto';

export const EMPTY_ID = '00000000-0000-0000-0000-000000000000';

export function newId(): string {
  return randomUUID();
}
