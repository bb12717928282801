import { ApiClient } from '@reprise/gateway-client';
import type { Command } from 'commander';
import { CommandError, ExitCode } from './exit-codes.js';

export interface ConnectionOptions {
  url: string;
  clientId: string;
  clientSecret?: string;
}

/** The options by which every command finds the installation and signs in. */
export function withConnection(command: Command, env: NodeJS.ProcessEnv): Command {
  // With the settings of a server on this machine it is found where it listens, which others may know by another address.
  const url = env['REPRISE_URL'] || (!env['PORT'] && env['REPRISE_BASE_URL']) || `http://localhost:${env['PORT'] || 8080}`;
  return command
    .option('--url <url>', 'address of the installation (REPRISE_URL, else as the server: PORT, REPRISE_BASE_URL)', url)
    .option('--client-id <id>', 'client to sign in as (REPRISE_ROOT_CLIENT_ID)', env['REPRISE_ROOT_CLIENT_ID'] || 'root')
    .option('--client-secret <secret>', 'its secret; better given by REPRISE_ROOT_CLIENT_SECRET, which no process list shows');
}

/** Error: usage, when there is no secret. */
export function connect(options: ConnectionOptions, env: NodeJS.ProcessEnv): ApiClient {
  const clientSecret = options.clientSecret ?? env['REPRISE_ROOT_CLIENT_SECRET'];
  if (!clientSecret) {
    throw new CommandError(
      ExitCode.usage,
      'No client secret. Set REPRISE_ROOT_CLIENT_SECRET, or give --client-secret. The server printed it at its first start.',
    );
  }
  return new ApiClient({ url: options.url, clientId: options.clientId, clientSecret });
}
