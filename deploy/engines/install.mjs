import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { bin } from './folder.mjs';
import { minio } from './minio.mjs';
import { rabbitmq } from './rabbitmq.mjs';
import { seaweedfs } from './seaweedfs.mjs';
import { secantusdb } from './secantusdb.mjs';

export const engines = [rabbitmq, seaweedfs, minio, secantusdb];

/** Installs what is missing or there in another version, and says what it does. Answers how many there are none of. */
export function install(wanted) {
  mkdirSync(bin, { recursive: true });
  return wanted.filter((engine) => !isThere(engine)).length;
}

function isThere(engine) {
  const { name, how } = engine;
  const found = engine.find();
  if (found) {
    console.error(`${name}: ${found}, nothing to do`);
    return true;
  }
  const other = engine.other?.();
  const stays = other === undefined ? '' : ` ${other}, which is there, is used.`;
  const hindrance = engine.hindrance();
  if (hindrance) {
    console.error(`${name}: skipped. ${hindrance}${stays}`);
    return other !== undefined;
  }
  console.error(`${name}: ${how}${other === undefined ? '' : ` in place of ${other}`} …`);
  const started = Date.now();
  if (!engine.steps().every((step) => succeeds(engine, step))) {
    if (stays) console.error(`${name}:${stays}`);
    return other !== undefined;
  }
  engine.note?.();
  console.error(`${name}: ${engine.find()}, installed in ${Math.round((Date.now() - started) / 1000)} s`);
  return true;
}

function succeeds(engine, [program, args, env]) {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 2, 2], env: { ...process.env, ...env } });
  if (!error && status === 0) return true;
  console.error(`${engine.name}: \`${program} ${args.join(' ')}\` failed${error ? `: ${error.message}` : ` with code ${status}`}.`);
  return false;
}
