/** As Squidex names it, in UTC. */
export function archiveFileName(appName: string, started: string): string {
  return `backup-${appName}-${started.slice(0, 10)}_${started.slice(11, 19).replaceAll(':', '-')}.zip`;
}
