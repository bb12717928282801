import { ownService } from '../own-service.js';

/** Before the program of a service: it finds the engines where `REPRISE_OWN_ADDRESSES` says that this service does. */
const service = ownService();
const addresses = JSON.parse(process.env['REPRISE_OWN_ADDRESSES'] ?? '{}') as Record<string, Record<string, string>>;
if (service !== undefined) Object.assign(process.env, addresses[service]);
