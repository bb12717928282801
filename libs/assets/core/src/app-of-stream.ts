/** The app's id in `asset-{appId}--{id}`. */
export function appIdOfStream(stream: string): string {
  const start = stream.indexOf('-') + 1;
  const end = stream.indexOf('--', start);
  return end < 0 ? stream.slice(start) : stream.slice(start, end);
}
