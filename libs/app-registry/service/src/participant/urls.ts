/** Base of all asset addresses, as an archive's `urls.json` names it. */
export function assetsUrl(baseUrl: string): string {
  return `${baseUrl.replace(/\/+$/, '')}/api/assets/`;
}
