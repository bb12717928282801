/** A mutant lives in the thread of its test, so what a pool's threads do is done here. */
import { vi } from 'vitest';

const value = Symbol('value');

vi.mock('piscina', () => ({
  valueSymbol: value,
  transferableSymbol: Symbol('transferable'),
  move: (moved) => moved[value],
  Piscina: class {
    constructor({ filename }) {
      this.tasks = import(filename);
    }
    async run(input, { name }) {
      return (await this.tasks)[name](structuredClone(input));
    }
    async destroy() {}
  },
}));
