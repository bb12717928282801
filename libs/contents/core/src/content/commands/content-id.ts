import { invalid } from '../../problems.js';

const LONGEST_ID = 100;

/** An id that the caller chose. It is part of the stream's name and of URLs. Error `contents.invalid`. */
export function checkContentId(id: string): void {
  if (id === '' || id.length > LONGEST_ID || /[\s/\\?#%,\p{C}]/u.test(id) || id.endsWith('--deleted')) {
    throw invalid('contents.invalid', [`id: Id must have 1 to ${LONGEST_ID} characters, without spaces, commas and / \\ ? # %.`]);
  }
}
