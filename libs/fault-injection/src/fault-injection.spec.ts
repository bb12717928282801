import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { atIndex, atPoint, atRandom, diskFull, engineAway, failing, FaultInjector, firstOf, Gate, seededRandom } from './index.js';

class Notes {
  readonly stored: string[] = [];
  readonly archive = { size: async () => this.stored.length };

  async add(note: string): Promise<number> {
    return this.stored.push(note);
  }
  async addTwice(note: string): Promise<void> {
    await this.add(note);
    await this.add(note);
  }
  async open(): Promise<Readable> {
    return (this.opened = Readable.from(this.stored));
  }
  async *list(): AsyncGenerator<string> {
    yield* this.stored;
  }
  opened?: Readable;
}

describe('Faults between a port and its caller', () => {
  let injector: FaultInjector;
  let adapter: Notes;
  let port: Notes;

  beforeEach(() => {
    injector = new FaultInjector();
    adapter = new Notes();
    port = injector.around('Notes', adapter);
  });

  async function listed(into: string[] = []): Promise<string[]> {
    for await (const note of port.list()) into.push(note);
    return into;
  }

  it('are none without a plan', async () => {
    expect(port).toBeInstanceOf(Notes);
    expect([await port.add('a'), await port.archive.size(), await listed()]).toEqual([1, 1, ['a']]);
    expect([...injector.calls]).toEqual([
      ['Notes.add', 1],
      ['Notes.archive.size', 1],
      ['Notes.list', 1],
    ]);
  });

  it('come before a call, which then did nothing', async () => {
    injector.begin(atPoint({ port: 'Notes', method: 'add', nth: 2 }, failing('before', diskFull)));
    await port.add('a');
    await expect(port.add('b')).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.full' });
    await port.add('c');
    expect(adapter.stored).toEqual(['a', 'c']);
  });

  it('come after a call, whose answer is lost', async () => {
    injector.begin(atPoint({ port: 'Notes', method: 'add' }, failing('after', engineAway)));
    await expect(port.add('a')).rejects.toMatchObject({ kind: 'unavailable', code: 'engine.away' });
    expect(adapter.stored).toEqual(['a']);
  });

  it('leave no stream open that nobody gets', async () => {
    injector.begin(atPoint({ port: 'Notes', method: 'open' }, failing('after', engineAway)));
    await expect(port.open()).rejects.toThrow();
    expect(adapter.opened!.destroyed).toBe(true);
  });

  it('come before or at the end of what is iterated', async () => {
    adapter.stored.push('a');
    for (const [moment, seen] of [
      ['before', []],
      ['after', ['a']],
    ] as const) {
      injector.begin(atPoint({ port: 'Notes', method: 'list' }, failing(moment, engineAway)));
      const read: string[] = [];
      await expect(listed(read)).rejects.toThrow();
      expect(read).toEqual(seen);
    }
  });

  it('come to parts of a port, and to calls that say a word', async () => {
    injector.begin(atPoint({ port: 'Notes.archive', method: 'size' }, failing('before', engineAway)));
    await expect(port.archive.size()).rejects.toThrow();
    injector.begin(atPoint({ port: 'Notes', method: 'add', containing: 'now' }, failing('before', engineAway)));
    await port.add('later');
    await expect(port.add('right now')).rejects.toThrow();
    await port.add('right now');
  });

  it('never come to what an adapter asks of itself', async () => {
    injector.begin(atPoint({ port: 'Notes', method: 'add' }, failing('before', engineAway)));
    await port.addTwice('a');
    expect(adapter.stored).toEqual(['a', 'a']);
  });

  it('come by the number of a call among all', async () => {
    injector.begin(atIndex(2, failing('before', engineAway)));
    await port.add('a');
    await expect(port.archive.size()).rejects.toThrow();
    await port.add('b');
    expect(injector.total).toBe(3);
  });

  it('come by several plans, each of which counts all calls', async () => {
    const [full, away] = [failing('before', diskFull), failing('before', engineAway)];
    injector.begin(firstOf(atPoint({ port: 'Notes', method: 'add', nth: 2 }, full), atPoint({ port: 'Notes', method: 'add', nth: 3 }, away)));
    await port.add('a');
    await expect(port.add('b')).rejects.toMatchObject({ code: 'storage.full' });
    await expect(port.add('c')).rejects.toMatchObject({ code: 'engine.away' });
  });

  it('end when the plan ends', async () => {
    injector.begin(() => failing('before', engineAway));
    await expect(port.add('a')).rejects.toThrow();
    injector.end();
    await port.add('b');
  });

  it('hold a call until they are told to let it go', async () => {
    const gate = new Gate();
    injector.begin(atPoint({ port: 'Notes', method: 'add' }, gate.holding('after')));
    const adding = port.add('a');
    await gate.reached;
    expect(adapter.stored).toEqual(['a']);
    gate.open();
    expect(await adding).toBe(1);
  });

  it('come at random, but the same ones for a seed, however calls race', async () => {
    const faultsOf = async (seed: number, other: number) => {
      injector.begin(atRandom(seed, 0.3, [failing('before', diskFull), failing('after', engineAway)]));
      const seen: string[] = [];
      for (let i = 0; i < 200; i++) {
        if (i % other === 0) await port.archive.size().catch(() => undefined);
        seen.push(
          await port.add('a').then(
            () => '',
            (error: { code: string }) => error.code,
          ),
        );
      }
      return seen;
    };
    const first = await faultsOf(1, 2);
    expect(await faultsOf(1, 3)).toEqual(first);
    expect(await faultsOf(2, 2)).not.toEqual(first);
    for (const code of ['storage.full', 'engine.away', '']) expect(first.filter((seen) => seen === code).length).toBeGreaterThan(10);
  });

  it.each(['before', 'after'] as const)('kill the process %s a call', async (moment) => {
    const script = `
      const { FaultInjector, atPoint, crashing } = await import(${JSON.stringify(new URL('./index.js', import.meta.url).href)});
      const injector = new FaultInjector();
      injector.begin(atPoint({ port: 'Notes', method: 'add' }, crashing(${JSON.stringify(moment)})));
      const { writeSync } = await import('node:fs');
      await injector.around('Notes', { add: async () => writeSync(1, 'added') }).add();
      writeSync(1, 'answered');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += String(text)));
    expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
    expect(said).toBe(moment === 'before' ? '' : 'added');
  });

  it('are drawn evenly', () => {
    const random = seededRandom(1);
    const drawn = Array.from({ length: 10_000 }, random);
    expect(Math.abs(drawn.reduce((sum, value) => sum + value) / drawn.length - 0.5)).toBeLessThan(0.02);
    expect(Math.max(...drawn)).toBeLessThan(1);
  });
});
