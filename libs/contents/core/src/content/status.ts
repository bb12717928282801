import type { ContentState, ContentVersion } from '@reprise/contracts';

/** The steps of the workflow that is in force where an app configures none; `Published` has its meaning in every workflow. */
export const DRAFT = 'Draft';
export const PUBLISHED = 'Published';

/** What editors see and change: the draft where there is one. */
export function editedVersion(state: ContentState): ContentVersion {
  return state.newVersion ?? state.currentVersion;
}
