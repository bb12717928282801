import { s3Servers, startMongo, startRabbit } from '@reprise/engines';

/** One of each engine for all tests; each of their clusters is an installation of its own. */
export default async function setup() {
  const [s3] = s3Servers();
  const started = await Promise.allSettled([startRabbit(), startMongo(), s3.start()]);
  const engines = started.flatMap(({ value }) => value ?? []);
  const failed = started.find(({ status }) => status === 'rejected');
  if (failed) {
    // Those that did start would run for ever.
    await Promise.all(engines.map((engine) => engine.stop()));
    throw failed.reason;
  }
  const [amqp, mongo, store] = engines;
  Object.assign(process.env, {
    REPRISE_TEST_PRODUCT: 'cluster',
    REPRISE_AMQP_URL: amqp.url,
    REPRISE_MONGODB_URL: mongo.url,
    REPRISE_S3_ENDPOINT: store.url,
    REPRISE_S3_ACCESS_KEY: store.accessKey,
    REPRISE_S3_SECRET_KEY: store.secretKey,
  });
  return async () => {
    await Promise.all(engines.map((engine) => engine.stop()));
  };
}
