const SHOWN = 100;

/** In the form that segments report: the first ones, and how many more there were. */
export class Warnings {
  private readonly lines: string[] = [];
  private more = 0;

  add(line: string): void {
    if (this.lines.length < SHOWN) this.lines.push(line);
    else this.more++;
  }

  result(): { warnings: string[]; moreWarnings: number } {
    return { warnings: this.lines, moreWarnings: this.more };
  }
}
