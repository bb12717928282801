import { upcaster } from '@reprise/event-store-core';
import { member } from '@reprise/json-text';

export const appClientUpdatedV1 = upcaster('AppClientUpdatedEvent', 'AppClientUpdatedEventV2', (payload) => ({ role: member(payload, 'permission') ?? null }));
