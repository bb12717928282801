import type { AppendCommand, AppendResult } from '@reprise/contracts';
import { conditionFailed, kindOfStream, versionConflict } from '@reprise/event-store-core';
import type { RepriseError } from '@reprise/kernel';
import { keyOf, type CommitDocument, type EventDocument } from './documents.js';
import type { Draft } from './event-texts.js';

/** A command with its events as they will be stored. */
export interface Candidate {
  command: AppendCommand;
  drafts: Draft[];
}

/** What the log says to a group of commands, at its head. */
export interface Known {
  head: number;
  /** Of the keys that {@link keysToLookUp} names, those that are taken. */
  keys: ReadonlySet<string>;
  /** Results of commands that are there already, by commit key. */
  commits: ReadonlyMap<string, AppendResult>;
  /** Commands whose condition an event has overtaken. */
  overtaken: ReadonlySet<AppendCommand>;
}

export type Outcome = AppendResult | RepriseError;

export interface GroupPlan {
  /** In the order of the candidates. */
  outcomes: Outcome[];
  events: EventDocument[];
  commits: CommitDocument['commits'];
}

/** What a command's version is judged by: the event that it follows, and the one that it brings. */
export function keysToLookUp({ stream, expectedVersion }: AppendCommand): string[] {
  const next = keyOf(stream, expectedVersion + 1);
  return expectedVersion < 0 ? [next] : [keyOf(stream, expectedVersion), next];
}

/**
 * Takes commands one after the other, each as if those before it were in the log already. The order of the checks matters: a command that
 * is there already is never refused for what it did itself.
 */
export function planGroup(candidates: readonly Candidate[], { head, keys, commits, overtaken }: Known): GroupPlan {
  const plan: GroupPlan = { outcomes: [], events: [], commits: [] };
  const results = new Map(commits);
  const versions = new Map<string, number>();
  const lastOfKind = new Map<string, number>();
  let last = head;

  const isCurrent = ({ stream, expectedVersion }: AppendCommand) => {
    const version = versions.get(stream);
    if (version !== undefined) return version === expectedVersion;
    return (expectedVersion < 0 || keys.has(keyOf(stream, expectedVersion))) && !keys.has(keyOf(stream, expectedVersion + 1));
  };
  const isOvertaken = (command: AppendCommand) => {
    const { condition } = command;
    return condition !== undefined && (overtaken.has(command) || condition.kinds.some((kind) => (lastOfKind.get(kind) ?? 0) > condition.position));
  };
  const take = ({ command: { commitKey, stream, expectedVersion }, drafts }: Candidate): AppendResult => {
    for (const draft of drafts) plan.events.push({ position: ++last, ...draft });
    const result = { from: last - drafts.length + 1, to: last, version: expectedVersion + drafts.length };
    versions.set(stream, result.version);
    lastOfKind.set(kindOfStream(stream), last);
    results.set(commitKey, result);
    plan.commits.push({ key: commitKey, ...result });
    return result;
  };

  for (const candidate of candidates) {
    const { command } = candidate;
    const earlier = results.get(command.commitKey);
    if (earlier) plan.outcomes.push(earlier);
    else if (!isCurrent(command)) plan.outcomes.push(versionConflict(command.expectedVersion));
    else if (isOvertaken(command)) plan.outcomes.push(conditionFailed(command.condition!.kinds));
    else plan.outcomes.push(take(candidate));
  }
  return plan;
}
