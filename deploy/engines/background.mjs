import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { endProcessesOf, EngineProcess, minio, mongoDb, processesOf, rabbitMq, signalProcess } from '@reprise/engines';
import { freePorts } from '@reprise/server-process';

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
    const runs = there !== undefined && isRunning(there);
    if (there && !runs) await endProcessesOf(there.place.folder);
    entries.push(runs ? there : await start(kind));
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
  for (const entry of running()) {
    if (isRunning(entry)) {
      signalProcess(entry.pid, 'SIGTERM');
      for (let waited = 0; isRunning(entry) && waited < STOP_WITHIN_MS; waited += 50) await new Promise((done) => setTimeout(done, 50));
    }
    await endProcessesOf(entry.place.folder);
    console.log(`${entry.name}: stopped`);
  }
  rmSync(file, { force: true });
}

async function start(kind) {
  const place = { folder: join(folder, kind.name), ports: await freePorts(kind.ports) };
  if (processesOf(place.folder).length > 0)
    throw new Error(`${place.folder} is in use, by a cluster for instance. Stop that, or choose another REPRISE_DATA_DIR.`);
  const log = join(place.folder, 'output.log');
  const engine = kind.at(place);
  const started = await EngineProcess.start(engine, log);
  started.release();
  const { url, accessKey, secretKey } = engine;
  return { name: kind.name, pid: await started.pid(), url, accessKey, secretKey, log, place };
}

function running() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}

/** A number alone says nothing: after the machine started anew it may be another process's. */
function isRunning({ pid, place }) {
  return processesOf(place.folder).includes(pid);
}
