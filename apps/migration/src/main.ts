/** Makes collections, indexes and buckets, then ends: once before the services of a version start. */
import { runMigration } from '@reprise/service-host';

await runMigration(process.env);
