import type { Contract } from '@reprise/contracts';
import type { Subscription } from '@reprise/messaging-core';

export { contractsOf } from '@reprise/contracts';

/** Every request and work has exactly one handler, and no two contracts share a name: a mistake of ours, so it ends the start. */
export function assertHandlers(contracts: readonly Contract[], subscriptions: readonly Pick<Subscription, 'channel' | 'name'>[]): void {
  const problems: string[] = [];
  const names = new Set<string>();
  for (const { channel, name } of contracts) {
    if (names.has(name)) problems.push(`${name} is the name of two contracts`);
    names.add(name);
    if (channel !== 'request' && channel !== 'work') continue;
    const count = subscriptions.filter((subscription) => subscription.name === name).length;
    if (count !== 1) problems.push(`${name} has ${count} handlers`);
  }
  for (const { channel, name } of subscriptions) {
    const repeated = (channel === 'request' || channel === 'work') && subscriptions.filter((subscription) => subscription.name === name).length > 1;
    if (repeated && !names.has(name)) problems.push(`${name} has more than one handler`);
  }
  if (problems.length > 0) throw new Error(`Messages and handlers don't fit: ${[...new Set(problems)].join('; ')}.`);
}
