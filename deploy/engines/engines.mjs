/**
 * `npm run engines -- install | start | stop`: the engines that the tests and the cluster run on. `install` needs nothing but Node; says what
 * it does and how long it takes; what it can't install it names, with the way to do without. `start` runs RabbitMQ, MongoDB's protocol
 * and MinIO in the background, on free ports, with data below REPRISE_DATA_DIR, until `stop`.
 */
import { engines, install } from './install.mjs';

const [command = 'help'] = process.argv.slice(2);
switch (command) {
  case 'install': {
    const byAddress = engines.filter(({ address }) => process.env[address]);
    for (const { name, address } of byAddress) console.error(`${name}: the one at ${address}, nothing to do`);
    const missing = install(engines.filter((engine) => !byAddress.includes(engine)));
    // On CI an engine that is missing is a failure: nothing may be skipped there.
    process.exit(missing > 0 && process.env.CI ? 1 : 0);
    break;
  }
  case 'start':
  case 'stop': {
    const { prepare } = await import('../../scripts/workspace.mjs');
    prepare();
    const { startInBackground, stopInBackground } = await import('./background.mjs');
    await (command === 'start' ? startInBackground() : stopInBackground());
    break;
  }
  default:
    console.log('npm run engines -- install | start | stop\n\ninstall: where they are missing,');
    for (const { name, how } of engines) console.log(`  ${name}: ${how}`);
    console.log('start: RabbitMQ, MongoDB and MinIO in the background, and say which settings lead to them\nstop: what was started here');
    process.exit(command === 'help' ? 0 : 2);
}
