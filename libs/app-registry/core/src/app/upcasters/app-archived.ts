import { upcaster } from '@reprise/event-store-core';

export const appArchived = upcaster('AppArchivedEvent', 'AppDeletedEvent', () => ({ permanent: false }));
