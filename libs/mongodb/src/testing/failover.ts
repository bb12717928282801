import { mongo } from 'mongoose';

/**
 * Has the primary of a replica set step down at once, without waiting until another has all that it has: what only it had is rolled back.
 * Undefined for a server that is in none.
 */
export async function failoverOf(url: string): Promise<(() => Promise<void>) | undefined> {
  const client = await mongo.MongoClient.connect(url);
  const { setName } = await client.db('admin').command({ hello: 1 });
  await client.close();
  if (setName === undefined) return undefined;
  return async () => {
    const primary = await mongo.MongoClient.connect(url);
    // It may close the connection instead of answering.
    await primary
      .db('admin')
      .command({ replSetStepDown: 10, secondaryCatchUpPeriodSecs: 0, force: true })
      .catch(() => undefined);
    await primary.close();
  };
}
