import { upcaster } from '@reprise/event-store-core';

/** The same but for its name. */
export const contentCreatedV1 = upcaster('ContentCreatedEvent', 'ContentCreatedEventV2');
