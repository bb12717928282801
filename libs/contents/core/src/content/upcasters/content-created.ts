import { upcaster } from '../../upcaster.js';

/** The same but for its name. */
export const contentCreatedV1 = upcaster('ContentCreatedEvent', 'ContentCreatedEventV2');
