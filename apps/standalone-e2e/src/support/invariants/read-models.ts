import { LIVING_LOGS, type Rows } from './rows.js';

/** Read models are never ahead of the log, nor there without one. */
export function readModelViolations(rows: Rows): string[] {
  return [
    ...rows.texts(`
      SELECT 'The model ' || model || ' of ' || read_apps.app_id || ' is at ' || position || ', its log ends at ' || coalesce(head, 0) AS text
      FROM read_models JOIN read_apps ON read_apps.id = app LEFT JOIN event_logs ON event_logs.app_id = read_apps.app_id WHERE position > coalesce(head, 0)`),
    ...rows.texts(`
      SELECT DISTINCT 'There are rows of kind ' || kind || ' of ' || coalesce(app_id, 'app number ' || app) || ', which has no log' AS text
      FROM read_rows LEFT JOIN read_apps ON read_apps.id = app WHERE app_id IS NULL OR app_id NOT IN (${LIVING_LOGS})`),
    ...rows.texts(`
      SELECT DISTINCT 'There are rows of kind ' || read_rows.kind || ' of ' || app_id || ', whose model is discarded or unknown' AS text
      FROM read_rows JOIN read_apps ON read_apps.id = read_rows.app
        LEFT JOIN read_kinds ON read_kinds.app = read_rows.app AND read_kinds.kind = read_rows.kind
        LEFT JOIN read_models ON read_models.app = read_rows.app AND read_models.model = read_kinds.model
      WHERE discarded IS NOT 0`),
    ...['assets_tags', 'assets_tag_aliases', 'assets_uploads'].flatMap((table) =>
      rows.texts(
        `SELECT DISTINCT 'There are rows in ${table} of ' || app_id || ', which has no log' AS text FROM ${table} WHERE app_id NOT IN (${LIVING_LOGS})`,
      ),
    ),
  ];
}
