import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';

const IMPORTS = `
  import { PinoLogger } from '${new URL('./logging.js', import.meta.url).href}';
  import { runProgram } from '${new URL('./program.js', import.meta.url).href}';`;

describe('A program', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  /** Runs one with that `start`, up to the line that it says. Answers what becomes of it. */
  const run = async (start: string, line: string) => {
    const source = `${IMPORTS}
      const say = (text) => process.stdout.write(text + '\\n');
      const ms = (time) => new Promise((done) => setTimeout(done, time));
      await runProgram({ name: 'It', logger: new PinoLogger(), stopWithinMs: 60_000, start: ${start} });`;
    child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'exit');
    const said = { out: '', err: '' };
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (said.err += text));
    await expect.poll(() => said.out).toContain(line);
    child.kill('SIGTERM');
    const [code] = (await ended) as [number];
    return { code, said };
  };
  const AS_LONG_AS_NOBODY_SAYS = `new Promise((_, reject) => { signal.onabort = () => reject(signal.reason); setInterval(() => {}, 1_000); })`;

  it('that is told to stop while it starts gives up its start, and ends as one that was stopped', async () => {
    const { code, said } = await run(`async (signal) => { say('starting'); await ${AS_LONG_AS_NOBODY_SAYS}.finally(() => say('given up')); }`, 'starting');
    expect([code, said]).toEqual([0, { out: 'starting\ngiven up\n', err: '' }]);
  });

  it('whose start doesn’t give up is stopped as soon as it is started', async () => {
    const { code, said } = await run(`async () => { say('starting'); await ms(200); say('started'); return async () => say('stopped'); }`, 'starting');
    expect([code, said]).toEqual([0, { out: 'starting\nstarted\nstopped\n', err: '' }]);
  });

  it('says why it can’t start, also when it was told to stop meanwhile', async () => {
    const { code, said } = await run(`async () => { say('starting'); await ms(200); throw new Error('for want of a nail'); }`, 'starting');
    expect(code).toBe(1);
    expect(said.err).toContain("It can't start. Error: for want of a nail");
  });

  it.skipIf(process.platform !== 'linux')('runs on when its outputs take no more, as on a full disk', async () => {
    const full = openSync('/dev/full', 'w');
    const source = `${IMPORTS}
      const logger = new PinoLogger();
      const start = async () => {
        for (const line of [1, 2]) {
          process.stdout.write('line');
          logger.warn('line');
          await new Promise((done) => setTimeout(done, 50));
        }
        process.send('running');
        return async () => {};
      };
      await runProgram({ name: 'It', logger, stopWithinMs: 60_000, start });`;
    child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', full, full, 'ipc'] });
    closeSync(full);
    const ended = once(child, 'exit');
    expect(await Promise.race([once(child, 'message'), ended])).toContain('running');
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  });
});
