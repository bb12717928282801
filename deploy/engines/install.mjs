import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { bin } from './folder.mjs';
import { minio } from './minio.mjs';
import { rabbitmq } from './rabbitmq.mjs';
import { seaweedfs } from './seaweedfs.mjs';
import { secantusdb } from './secantusdb.mjs';

export const engines = [rabbitmq, seaweedfs, minio, secantusdb];

/** Installs what is missing and says what it does. Answers how many could not be had. */
export function install(wanted) {
  mkdirSync(bin, { recursive: true });
  let missing = 0;
  for (const engine of wanted) {
    const found = engine.find();
    if (found) {
      console.error(`${engine.name}: ${found}, nothing to do`);
      continue;
    }
    const hindrance = engine.hindrance();
    if (hindrance) {
      console.error(`${engine.name}: skipped. ${hindrance}`);
      missing++;
      continue;
    }
    console.error(`${engine.name}: ${engine.how} …`);
    const started = Date.now();
    const failed = engine.steps().find((step) => !succeeds(engine, step));
    if (failed) missing++;
    else console.error(`${engine.name}: ${engine.find()}, installed in ${Math.round((Date.now() - started) / 1000)} s`);
  }
  return missing;
}

function succeeds(engine, [program, args, env]) {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 2, 2], env: { ...process.env, ...env } });
  if (!error && status === 0) return true;
  console.error(`${engine.name}: \`${program} ${args.join(' ')}\` failed${error ? `: ${error.message}` : ` with code ${status}`}.`);
  return false;
}
