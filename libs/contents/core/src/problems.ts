import { RepriseError } from '@reprise/kernel';

/** Nobody reads more, and a hostile body could have a million. */
const MOST = 100;

/** What is wrong with a command's body, one line per problem: `{property path}: {problem}`. The first hundred are kept. */
export class Problems {
  private readonly lines: string[] = [];

  add(path: string, problem: string): void {
    if (this.lines.length < MOST) this.lines.push(`${path}: ${problem}`);
  }

  /** Throws all of them at once, as `invalid` under the code. */
  throwAs(code: string): void {
    if (this.lines.length > 0) throw invalid(code, this.lines);
  }
}

export function invalid(code: string, details: string[]): RepriseError {
  return new RepriseError('invalid', code, 'Validation error', { details });
}
