import { upcaster } from './upcaster.js';

export const appArchived = upcaster('AppArchivedEvent', 'AppDeletedEvent', () => ({ permanent: false }));
