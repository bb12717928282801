import { LIVING_LOGS, type Rows } from './rows.js';

const POSITION = '(key & 4294967295)';
const LOG = '(key >> 32)';

/** Positions without gaps, streams without gaps, nothing of logs that are gone. */
export function logViolations(rows: Rows): string[] {
  return [
    ...rows.texts(`
      SELECT 'The log of ' || app_id || ' (' || state || ') says that it ends at ' || head || ', but holds ' || events || ' events, the last at ' || last AS text
      FROM (SELECT app_id, state, head,
          (SELECT count(*) FROM events WHERE ${LOG} = event_logs.id) AS events,
          (SELECT coalesce(max${POSITION}, 0) FROM events WHERE ${LOG} = event_logs.id) AS last
        FROM event_logs) WHERE head <> events OR head <> last`),
    ...rows.texts(`SELECT 'The log of ' || app_id || ' is still being filled' AS text FROM event_logs WHERE state = 'importing'`),
    ...rows.texts(`
      SELECT 'The log of ' || app_id || ' is no app''s' AS text FROM event_logs
      WHERE state <> 'purged' AND app_id NOT IN (SELECT app_id FROM registry_apps)`),
    ...rows.texts(`
      SELECT 'The stream ' || name || ' of log ' || log_id || ' has ' || count(events.key) || ' events, versions ' || coalesce(min(version), 'none') || ' to '
        || coalesce(max(version), 'none') AS text
      FROM event_streams LEFT JOIN events ON stream_id = event_streams.id GROUP BY event_streams.id
      HAVING count(events.key) = 0 OR min(version) <> 0 OR max(version) <> count(events.key) - 1`),
    ...rows.texts(`
      SELECT 'The event at ' || ${POSITION} || ' of log ' || ${LOG} || ' is in a stream of another log, or of none' AS text
      FROM events LEFT JOIN event_streams ON event_streams.id = stream_id WHERE log_id IS NOT ${LOG}`),
    ...['event_streams', 'event_blocks', 'event_commits'].flatMap((table) =>
      rows.texts(`
        SELECT DISTINCT 'Log ' || log_id || ' is gone, but has rows in ${table}' AS text FROM ${table}
        WHERE log_id NOT IN (SELECT id FROM event_logs WHERE app_id IN (${LIVING_LOGS}))`),
    ),
    ...rows.texts(`SELECT DISTINCT 'Log ' || ${LOG} || ' is gone, but has events' AS text FROM events WHERE ${LOG} NOT IN (SELECT id FROM event_logs)`),
    ...rows.texts(`
      SELECT 'Block ' || block || ' of log ' || log_id || ' counts ' || events || ' events and ' || bytes || ' bytes, it has ' || really || ' and ' || size AS text
      FROM (SELECT log_id, block, event_blocks.events, event_blocks.bytes, count(key) AS really,
          coalesce(sum(octet_length(type) + octet_length(payload) + octet_length(headers)), 0) AS size
        FROM event_blocks LEFT JOIN events ON key > log_id * 4294967296 + block * 1000 AND key <= log_id * 4294967296 + (block + 1) * 1000
        GROUP BY log_id, block)
      WHERE events <> really OR bytes <> size`),
    ...rows.texts(`
      SELECT 'The commit ' || commit_key || ' of log ' || log_id || ' speaks of events behind its end' AS text
      FROM event_commits JOIN event_logs ON event_logs.id = log_id WHERE last > head OR first > last`),
  ];
}
