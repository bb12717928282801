import type { TransportHealth } from '@reprise/messaging-core';

/** Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What the counts of a way to the broker mean; one that isn't named here is told without a word. */
const MEANING: Record<string, string> = {
  connects: 'How often a connection to the broker was made; more than two for each way are losses.',
  sent: 'Messages that the broker confirmed.',
  returned: 'Messages that no queue took.',
  handled: 'Works and facts that were done.',
  retried: 'Attempts at works and facts that failed and are made again.',
  dead: 'Works and facts that were given up and lie among the dead letters.',
  late: 'Requests that were not run, since the process stood still when they came.',
  requests: 'Requests of other services.',
  refused: 'Requests of other services that were answered by an error.',
  unanswered: 'Answers to other services that nobody took.',
};

/** The ways to the broker by name, as text for Prometheus. */
export function metricsOf(ways: ReadonlyMap<string, TransportHealth>): string {
  const ready = [...ways].map(([name, health]) => ({ name, value: health.ready ? 1 : 0 }));
  const names = new Set([...ways.values()].flatMap(({ counts }) => Object.keys(counts)));
  const counters = [...names].map((count) => {
    const samples = [...ways].flatMap(([name, { counts }]) => (counts[count] === undefined ? [] : [{ name, value: counts[count] }]));
    return metric(`reprise_messaging_${count}_total`, 'counter', MEANING[count] ?? count, samples);
  });
  return [metric('reprise_messaging_ready', 'gauge', 'Whether what is sent goes out, and what is listened to comes in.', ready), ...counters].join('');
}

function metric(name: string, type: 'counter' | 'gauge', help: string, samples: readonly { name: string; value: number }[]): string {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map((sample) => `${name}{way="${sample.name}"} ${sample.value}`), ''].join('\n');
}
