import { existsSync, readdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const BY_ADDRESS = 'The tests take any RabbitMQ 3.10 or later at REPRISE_TEST_AMQP_URL.';

export const rabbitmq = {
  name: 'RabbitMQ',
  /** The setting that leads the tests to another one. */
  address: 'REPRISE_TEST_AMQP_URL',
  how: 'apt-get install rabbitmq-server (about half a minute)',

  /** The version that is there, if any. */
  find() {
    if (!existsSync(PROGRAM)) return undefined;
    const version = readdirSync('/usr/lib/rabbitmq/lib').find((folder) => folder.startsWith('rabbitmq_server-'));
    return (version ?? 'rabbitmq_server').replace('rabbitmq_server-', '');
  },

  /** Why it can't be installed here, if so. */
  hindrance() {
    if (spawnSync('apt-get', ['--version']).error) return `There is no apt-get here. ${BY_ADDRESS}`;
    if (process.getuid?.() !== 0) return `apt-get needs root: sudo apt-get install rabbitmq-server. ${BY_ADDRESS}`;
    return undefined;
  },

  steps() {
    const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
    return [
      ['apt-get', ['update', '-qq']],
      // Tests start brokers of their own; the package would start one for the whole machine.
      ['sh', ['-c', 'RUNLEVEL=1 apt-get install -y -qq --no-install-recommends rabbitmq-server'], quiet],
    ];
  },
};
