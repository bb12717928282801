/** The service that this process is, by its program; undefined for all else that Node runs. */
export function ownService(): string | undefined {
  return /apps\/([a-z-]+)\/dist\/main\.js$/.exec(process.argv[1] ?? '')?.[1];
}
