import { member } from '@reprise/json-text';
import { upcaster } from './upcaster.js';

/** Squidex migrates this one by a single step, in which `isReader` is lost: the client keeps its role, here as there. */
export const appClientChanged = upcaster('AppClientChangedEvent', 'AppClientUpdatedEventV2', (payload) => ({ id: member(payload, 'id') }));
