import { upcaster } from '@reprise/event-store-core';

export const appClientRenamed = upcaster('AppClientRenamedEvent', 'AppClientUpdatedEventV2');
