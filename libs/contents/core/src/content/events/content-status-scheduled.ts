import type { ContentState } from '@reprise/contracts';
import { text } from '@reprise/json-text';
import { derivedId } from '@reprise/read-models-core';
import type { ChangingReducer } from '@reprise/read-models-core';

/** Takes the place of an earlier schedule. Its id is the event's, so that it is the same after every rebuild, in a restored app too. */
export const contentStatusScheduled: ChangingReducer<ContentState> = {
  type: 'ContentStatusScheduledEvent',
  change: (state, event) => ({
    ...state,
    scheduleJob: {
      id: event.eventId ?? derivedId(event.stream, String(event.version)),
      status: text(event.payload, 'status'),
      dueTime: text(event.payload, 'dueTime'),
      scheduledBy: text(event.payload, 'actor'),
    },
  }),
};
