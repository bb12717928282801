import { type Rows, RUNNING_JOBS } from './rows.js';

/** Names are free or a living app's; users are real or wanted by a job that runs. */
export function registryViolations(rows: Rows): string[] {
  return [
    ...rows.texts(
      `SELECT 'The name ' || name || ' is reserved by ' || holder || ', although nothing runs' AS text FROM registry_apps WHERE state = 'reserved'`,
    ),
    ...rows.texts(`
      SELECT 'The name ' || name || ' is taken by ' || registry_apps.app_id || ', which has no log' AS text
      FROM registry_apps LEFT JOIN event_logs ON event_logs.app_id = registry_apps.app_id
      WHERE registry_apps.state = 'living' AND (event_logs.state IS NOT 'open' OR head = 0)`),
    ...rows.texts(`
      SELECT 'The name ' || registry_apps.name || ' is taken by ' || registry_apps.app_id || ', which is deleted' AS text
      FROM registry_apps JOIN read_apps ON read_apps.app_id = registry_apps.app_id JOIN read_rows ON app = read_apps.id AND kind = 'app'
      WHERE registry_apps.state = 'living' AND read_rows.state ->> 'isDeleted'`),
    ...rows.texts(
      `SELECT 'The app ' || app_id || ' was discarded, but has a name' AS text FROM registry_apps WHERE app_id IN (SELECT app_id FROM registry_discarded)`,
    ),
    ...rows.texts(
      `SELECT 'There is a profile of ' || app_id || ', which is no app' AS text FROM registry_profiles WHERE app_id NOT IN (SELECT app_id FROM registry_apps)`,
    ),
    ...rows.texts(`
      SELECT 'The user ' || email || ' is not real, and no job wants them' AS text FROM registry_users
      WHERE real = 0 AND id NOT IN (SELECT user_id FROM registry_user_reservations WHERE job_id IN (${RUNNING_JOBS}))`),
    ...rows.texts(`
      SELECT 'The user ' || user_id || ' is reserved by ' || job_id || ', which does not run' AS text FROM registry_user_reservations
      WHERE job_id NOT IN (${RUNNING_JOBS})`),
  ];
}
