import { RepriseError } from '@reprise/kernel';
import { Tombstones } from '@reprise/sqlite';

export const tombstones = new Tombstones(
  'registry_discarded',
  () => new RepriseError('conflict', 'apps.discarded', 'The app was discarded; its id is never used again.'),
);
