/**
 * `npm run engines -- install`: the engines that the tests run against, as far as this machine has none. Says what it does and how
 * long it takes; what it can't install it names, with the way to do without. Needs nothing but Node.
 */
import { spawnSync } from 'node:child_process';
import { rabbitmq } from './rabbitmq.mjs';

const ENGINES = [rabbitmq];

const [command = 'help'] = process.argv.slice(2);
if (command !== 'install') {
  console.log('npm run engines -- install\n\nInstalls, where it is missing:');
  for (const { name, how } of ENGINES) console.log(`  ${name}: ${how}`);
  process.exit(command === 'help' ? 0 : 2);
}

let missing = 0;
for (const engine of ENGINES) {
  const found = engine.find();
  if (found) {
    console.log(`${engine.name}: ${found}, nothing to do`);
    continue;
  }
  const hindrance = engine.hindrance();
  if (hindrance) {
    console.log(`${engine.name}: skipped. ${hindrance}`);
    missing++;
    continue;
  }
  console.log(`${engine.name}: ${engine.how} …`);
  const started = Date.now();
  for (const [program, args, env] of engine.steps()) {
    const { status, error } = spawnSync(program, args, { stdio: ['ignore', 2, 2], env: { ...process.env, ...env } });
    if (error || status !== 0) {
      console.error(`${engine.name}: \`${program} ${args.join(' ')}\` failed${error ? `: ${error.message}` : ` with code ${status}`}.`);
      process.exit(1);
    }
  }
  console.log(`${engine.name}: ${engine.find()}, installed in ${Math.round((Date.now() - started) / 1000)} s`);
}
// On CI an engine that is missing is a failure: nothing may be skipped there.
process.exit(missing > 0 && process.env.CI ? 1 : 0);
