import { member } from '@reprise/json-text';
import { upcaster } from './upcaster.js';

export const appClientUpdatedV1 = upcaster('AppClientUpdatedEvent', 'AppClientUpdatedEventV2', (payload) => ({
  id: member(payload, 'id'),
  role: member(payload, 'permission') ?? null,
}));
