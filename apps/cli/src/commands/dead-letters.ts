import { DEFAULT_INSTALLATION } from '@reprise/contracts';
import type { Command } from 'commander';
import { BrokerLetters, REQUESTS_QUEUE, type Broker } from '../broker-letters.js';
import { CommandError, ExitCode } from '../exit-codes.js';
import { printable, type Terminal } from '../job-printer.js';

/**
 * `dead-letters list` and `requeue`: messages that were given up. They go to the broker itself, not to the gateway, since one looks at them when
 * something is broken, which may be the gateway or what it needs.
 */
export function addDeadLetters(program: Command, env: NodeJS.ProcessEnv, terminal: Terminal): void {
  const command = program.command('dead-letters').description('messages that the services of a cluster gave up');
  withBroker(command.command('list').description('what was given up of a queue; without one, which queues have something'), env)
    .argument('[queue]', `such as backup.advance, backup.completed@amqp, or ${REQUESTS_QUEUE} for what other services asked`)
    .option('--json', 'print it as JSON')
    .action((queue: string | undefined, options: Broker & { json?: boolean }) =>
      withLetters(options, (letters) => list(letters, queue, options.json, terminal)),
    );
  withBroker(command.command('requeue').description('puts one back into its queue, as if it came for the first time'), env)
    .argument('<queue>')
    .argument('[id]', 'its message id')
    .option('--all', 'every one of the queue; of requests, but those whose time has ended')
    .action((queue: string, id: string | undefined, options: Broker & { all?: boolean }) => {
      if ((id === undefined) === (options.all !== true)) throw new CommandError(ExitCode.usage, 'Give the id of a message, or --all.');
      return withLetters(options, (letters) => requeue(letters, queue, id, terminal));
    });
}

function withBroker(command: Command, env: NodeJS.ProcessEnv): Command {
  return command
    .option('--amqp-url <url>', 'address of the message broker; better given by REPRISE_AMQP_URL, which no process list shows', env['REPRISE_AMQP_URL'])
    .option(
      '--installation <name>',
      'its name, with which its exchanges and queues begin (REPRISE_INSTALLATION)',
      env['REPRISE_INSTALLATION'] || DEFAULT_INSTALLATION,
    );
}

async function withLetters(broker: Broker, use: (letters: BrokerLetters) => Promise<void>): Promise<void> {
  const letters = await BrokerLetters.open(broker);
  try {
    await use(letters);
  } finally {
    await letters.close();
  }
}

async function list(letters: BrokerLetters, queue: string | undefined, json: boolean | undefined, terminal: Terminal): Promise<void> {
  if (queue === undefined) {
    const counts = await letters.count();
    if (json) return print(terminal, JSON.stringify(Object.fromEntries(counts), null, 2));
    if (counts.size === 0) return print(terminal, 'There are no dead letters.');
    for (const [name, count] of counts) print(terminal, `${String(count).padStart(5)}  ${name}`);
    return;
  }
  const found = await letters.list(queue);
  if (json) return print(terminal, JSON.stringify(found, null, 2));
  if (found.length === 0) print(terminal, `There are no dead letters of ${printable(queue)}.`);
  for (const { messageId, attempts, at, error, failures } of found) {
    print(terminal, printable(`${messageId}  ${at}  ${attempts === 1 ? '1 attempt' : `${attempts} attempts`}  ${error.code}: ${error.message}`));
    // What the last one came to stands above, unless a process died in it.
    for (const { attempt, code, message } of failures) if (attempt < attempts) print(terminal, printable(`    attempt ${attempt}  ${code}: ${message}`));
  }
}

async function requeue(letters: BrokerLetters, queue: string, id: string | undefined, terminal: Terminal): Promise<void> {
  const count = await letters.requeue(queue, id);
  if (count === 0 && id !== undefined) throw new CommandError(ExitCode.refused, `There is no dead letter ${id} of ${queue}.`);
  print(terminal, `Put back: ${count}.`);
}

function print(terminal: Terminal, line: string): void {
  terminal.write(`${line}\n`);
}
