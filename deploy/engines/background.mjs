import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EngineProcess, freePorts, killGroup, minio, mongoDb, rabbitMq } from '@reprise/engines';

const KINDS = [rabbitMq, mongoDb, minio];
const folder = resolve(process.env.REPRISE_DATA_DIR || 'data', 'engines');
const file = join(folder, 'engines.json');
const STOP_WITHIN_MS = 10_000;

/** Starts what isn't running yet, and prints the settings that lead there. */
export async function startInBackground() {
  mkdirSync(folder, { recursive: true });
  const known = running();
  const entries = [];
  for (const kind of KINDS) {
    const there = known.find(({ name }) => name === kind.name);
    entries.push(there && isAlive(there.pid) ? there : await start(kind));
    writeFileSync(file, JSON.stringify(entries, null, 2));
  }
  const [amqp, mongo, s3] = entries;
  console.log(
    [
      `export REPRISE_AMQP_URL=${amqp.url}`,
      `export REPRISE_MONGODB_URL=${mongo.url}`,
      `export REPRISE_S3_ENDPOINT=${s3.url}`,
      `export REPRISE_S3_ACCESS_KEY=${s3.accessKey}`,
      `export REPRISE_S3_SECRET_KEY=${s3.secretKey}`,
    ].join('\n'),
  );
}

export async function stopInBackground() {
  for (const { name, pid, group, place } of running()) {
    if (isAlive(pid)) {
      process.kill(pid, 'SIGTERM');
      for (let waited = 0; isAlive(pid) && waited < STOP_WITHIN_MS; waited += 50) await new Promise((done) => setTimeout(done, 50));
      await killGroup(group);
    }
    await KINDS.find((kind) => kind.name === name)
      .at(place)
      .cleanUp?.();
    console.log(`${name}: stopped`);
  }
  rmSync(file, { force: true });
}

async function start(kind) {
  const place = { folder: join(folder, kind.name), ports: await freePorts(kind.ports, kind.portsBelow) };
  const log = join(place.folder, 'output.log');
  const engine = kind.at(place);
  const started = await EngineProcess.start(engine, log);
  started.release();
  const { url, accessKey, secretKey } = engine;
  return { name: kind.name, pid: await started.pid(), group: started.group, url, accessKey, secretKey, log, place };
}

function running() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
