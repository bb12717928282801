import { RepriseError } from '@reprise/kernel';

export function discardedError(): RepriseError {
  return new RepriseError('conflict', 'assets.discarded', 'The app was discarded; its id is never used again.');
}
