/** Before the program of a service: it finds the engines where `REPRISE_OWN_ADDRESSES` says that this service does. */
const service = /apps\/([a-z-]+)\/dist\/main\.js$/.exec(process.argv[1] ?? '')?.[1];
const addresses = JSON.parse(process.env['REPRISE_OWN_ADDRESSES'] ?? '{}') as Record<string, Record<string, string>>;
if (service !== undefined) Object.assign(process.env, addresses[service]);
