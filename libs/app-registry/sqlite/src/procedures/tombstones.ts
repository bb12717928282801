import { appDiscarded } from '@reprise/app-registry-core';
import { Tombstones } from '@reprise/sqlite';

export const tombstones = new Tombstones('registry_discarded', appDiscarded);
