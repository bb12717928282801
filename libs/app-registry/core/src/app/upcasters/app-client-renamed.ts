import { member } from '@reprise/json-text';
import { upcaster } from './upcaster.js';

export const appClientRenamed = upcaster('AppClientRenamedEvent', 'AppClientUpdatedEventV2', (payload) => ({
  id: member(payload, 'id'),
  name: member(payload, 'name') ?? null,
}));
