export interface Address {
  port: number;
  baseUrl: string;
  rootClientId: string;
  /** Whether the secret was given, so that the person knows it. */
  knowsSecret: boolean;
}

/** What a person reads at the start: where it is, how to sign in, what to try. A secret that was just made is told here and never again. */
export function greeting({ port, baseUrl, rootClientId, knowsSecret }: Address, freshSecret: string | undefined): string {
  const here = `http://localhost:${port}`;
  const known = knowsSecret ? 'as given in REPRISE_ROOT_CLIENT_SECRET' : 'as printed at the first start (REPRISE_ROOT_CLIENT_SECRET sets another)';
  const lines = [
    `Reprise is ready at ${baseUrl}`,
    '',
    `  client id      ${rootClientId}`,
    `  client secret  ${freshSecret ?? known}`,
    ...(freshSecret ? ['                 Keep it: it is stored as a hash and not shown again.'] : []),
    '',
    'Try in another terminal:',
    '',
    // What the command line can't guess.
    ...(port === 8080 ? [] : [`  export REPRISE_URL=${here}`]),
    ...(rootClientId === 'root' ? [] : [`  export REPRISE_ROOT_CLIENT_ID=${rootClientId}`]),
    ...(freshSecret ? [`  export REPRISE_ROOT_CLIENT_SECRET=${freshSecret}`] : []),
    '  npm run -s reprise -- restore fixtures/archives/small.zip --name small',
    `  curl ${here}/identity-server/connect/token -d grant_type=client_credentials -d client_id=${rootClientId} --data-urlencode client_secret=$REPRISE_ROOT_CLIENT_SECRET`,
    '  npm run demo',
    '',
  ];
  return lines.join('\n');
}
