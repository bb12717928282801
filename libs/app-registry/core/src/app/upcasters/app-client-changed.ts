import { upcaster } from '@reprise/event-store-core';

/** Squidex migrates this one by a single step, in which `isReader` is lost: the client keeps its role, here as there. */
export const appClientChanged = upcaster('AppClientChangedEvent', 'AppClientUpdatedEventV2');
