import { type ApiClient, checkBackup } from '@reprise/gateway-client';
import { backupOf } from '../jobs.js';

/** A name is an app's, or somebody else can have it. */
export async function namesInLimbo(client: ApiClient, apps: { name: string }[], names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    if (apps.some((app) => app.name === name)) continue;
    await client.post('/api/apps', { json: { name } }).catch((error: Error) => found.push(`The name ${name} is neither taken nor free: ${error.message}`));
  }
  return found;
}

/** No job runs, and the latest backup of each app is what its manifest says. */
export async function backupsThatDontVerify(client: ApiClient, apps: { name: string }[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name } of apps) {
    const { items } = await client.get<{ items: { id: string; status: string }[] }>(`/api/apps/${name}/backups`);
    found.push(...items.filter(({ status }) => status !== 'Completed' && status !== 'Failed').map(({ id, status }) => `The backup ${id} is ${status}.`));
    const latest = items.find(({ status }) => status === 'Completed');
    if (!latest) continue;
    const { status, result } = await checkBackup(client, name, latest.id, 'verify');
    if (status !== 'Completed' || !result?.ok) found.push(`The backup ${latest.id} of ${name} does not verify: ${JSON.stringify(result)}`);
    if (!(await backupOf(client, name, latest.id)).verified?.ok) found.push(`Nobody hears that the backup ${latest.id} was verified.`);
  }
  return found;
}
