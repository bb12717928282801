import { existsSync, readFileSync } from 'node:fs';
import { MEMORY } from '@reprise/server-process';
import { HOST_SETTINGS } from '@reprise/service-host';
import { readSettings } from '@reprise/settings';
import Ajv from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { image } from './cluster-of-processes.mjs';
import { composeText, readCompose, variablesOf } from './compose-file.mjs';

const compose = readCompose();
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.startsWith('reprise:'));
const file = (path) => new URL(`../../${path}`, import.meta.url);

/** Beside those of every service. */
const settingsOf = async (name) => (existsSync(file(`apps/${name}/dist/settings.js`)) ? (await import(file(`apps/${name}/dist/settings.js`))).SETTINGS : {});

describe('docker-compose.yml', () => {
  const schema = JSON.parse(readFileSync(new URL('compose-spec.schema.json', import.meta.url), 'utf8'));
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);

  it('is what the Compose Specification asks for', () => {
    validate(compose);
    expect(validate.errors).toBeNull();
  });

  it('is judged by a schema that knows a misspelt key', () => {
    expect(validate({ services: { gateway: { image: 'reprise', healthchek: {} } } })).toBe(false);
  });

  it('has a service for each program of a cluster', () => {
    const programs = ['app-registry', 'assets', 'backup-orchestrator', 'contents', 'event-store', 'gateway', 'migration'];
    expect(ours.map(([name]) => name).toSorted()).toEqual(programs);
  });

  it.each(ours)('starts a program that is built for %s', (name, { command }) => {
    expect(command).toEqual([`apps/${name}/dist/main.js`]);
    expect(existsSync(file(command[0]))).toBe(true);
  });

  it.each(services.filter(([, { depends_on }]) => depends_on))('lets %s wait for what can come about', (_, { depends_on }) => {
    for (const [name, { condition }] of Object.entries(depends_on)) {
      const awaited = compose.services[name];
      expect(awaited, name).toBeDefined();
      if (condition === 'service_healthy') expect(awaited.healthcheck?.test, name).toBeDefined();
      // Ends, and isn't started again when it has succeeded.
      else expect([name, condition, awaited.restart]).toEqual(['migration', 'service_completed_successfully', 'on-failure']);
    }
  });

  it('starts nothing that waits for itself', () => {
    const waits = (name, seen) => {
      expect(seen).not.toContain(name);
      for (const awaited of Object.keys(compose.services[name].depends_on ?? {})) waits(awaited, [...seen, name]);
    };
    for (const [name] of services) waits(name, []);
  });

  it.each(ours)('gives %s settings that it knows, and all that it must have', async (name, { environment }) => {
    const known = { ...HOST_SETTINGS, ...(await settingsOf(name)) };
    expect(Object.keys(environment).filter((setting) => !(setting in known))).toEqual([]);
    // Throws if one is missing or bad.
    readSettings(known, environment);
  });

  it.each(ours.filter(([name]) => name !== 'migration'))(
    'lets whoever runs it give %s each setting that has to do with more than this machine',
    async (name, { environment }) => {
      // A container has its ports to itself; engines and installation are the file's own.
      const fixed = ['PORT', ...Object.keys(HOST_SETTINGS)];
      const own = Object.keys(await settingsOf(name)).filter((setting) => !fixed.includes(setting));
      expect(Object.keys(environment)).toEqual(expect.arrayContaining(own));
    },
  );

  it('gives users of an engine the credentials that it is started with', () => {
    const { rabbitmq, minio, contents } = readCompose({ RABBITMQ_PASSWORD: 'one', S3_SECRET_KEY: 'another-one' }).services;
    const { username, password } = new URL(contents.environment.REPRISE_AMQP_URL);
    expect([username, password]).toEqual([rabbitmq.environment.RABBITMQ_DEFAULT_USER, rabbitmq.environment.RABBITMQ_DEFAULT_PASS]);
    expect(contents.environment).toMatchObject({
      REPRISE_S3_ACCESS_KEY: minio.environment.MINIO_ROOT_USER,
      REPRISE_S3_SECRET_KEY: minio.environment.MINIO_ROOT_PASSWORD,
    });
  });

  it('sends services to engines that it has', () => {
    const [amqp, mongo, s3] = ['REPRISE_AMQP_URL', 'REPRISE_MONGODB_URL', 'REPRISE_S3_ENDPOINT'].map(
      (name) => new URL(compose.services.contents.environment[name]).hostname,
    );
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining([amqp, mongo, s3]));
  });

  it('has a default for each variable, and a line about it in docs/reference/cluster.md', () => {
    const docs = readFileSync(file('docs/reference/cluster.md'), 'utf8');
    const variables = variablesOf(composeText());
    expect(variables.filter(({ hasDefault }) => !hasDefault)).toEqual([]);
    expect([...new Set(variables.map(({ name }) => name))].filter((name) => !docs.includes(`\`${name}\``))).toEqual([]);
  });

  it('gives a service longer to stop than it takes, and room to write nowhere but in memory', () => {
    for (const [name, service] of ours) {
      expect(service, name).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
      if (name !== 'migration') expect(service.stop_grace_period, name).toBe('25s');
    }
  });
});

describe('Node’s memory', () => {
  it('is kept small alike in the image, by npm start and by what starts processes', () => {
    const { options, environment } = image();
    expect(options).toEqual(MEMORY.options);
    expect(environment).toMatchObject(MEMORY.env);
    const { start, cluster } = JSON.parse(readFileSync(file('package.json'), 'utf8')).scripts;
    const env = Object.entries(MEMORY.env).map((pair) => pair.join('='));
    expect(start.split(' ')).toEqual(expect.arrayContaining([...env, ...MEMORY.options]));
    expect(cluster.split(' ')).toEqual(expect.arrayContaining(env));
  });
});
