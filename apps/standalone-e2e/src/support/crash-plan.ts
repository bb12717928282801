import { atIndex, atPoint, crashing, firstOf, Gate, type Moment, noFaults, type Plan, type Point } from '@reprise/fault-injection';

/** When a process of {@link CrashableStandalone} is to die: data, so that it can be sent there. */
export type CrashPlan = {
  moment: Moment;
  /** Nobody gets beyond `at` before somebody has passed `until`. */
  hold?: { at: Point; until: Point };
} & ({ point: Point } | { index: number });

/** No crash without a plan: calls are only counted. */
export function planOf(plan: CrashPlan | undefined): Plan {
  if (!plan) return noFaults;
  const fault = crashing(plan.moment);
  const crash = 'point' in plan ? atPoint(plan.point, fault) : atIndex(plan.index, fault);
  return plan.hold ? firstOf(crash, held(plan.hold)) : crash;
}

function held({ at, until }: NonNullable<CrashPlan['hold']>): Plan {
  const gate = new Gate();
  return firstOf(atPoint(at, gate.holding('before')), atPoint(until, { after: () => gate.open() }));
}
