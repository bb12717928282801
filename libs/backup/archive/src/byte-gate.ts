/** Lets work in as long as all that is inside weighs no more than the budget; what is heavier than that is inside alone. In order of coming. */
export class ByteGate {
  private inside = 0;
  private readonly waiting: { weight: number; enter: () => void }[] = [];

  constructor(private readonly budget: number) {}

  async hold<Result>(weight: number, work: () => Promise<Result>): Promise<Result> {
    if (this.waiting.length > 0 || !this.fits(weight)) await new Promise<void>((enter) => this.waiting.push({ weight, enter }));
    else this.inside += weight;
    try {
      return await work();
    } finally {
      this.inside -= weight;
      this.letIn();
    }
  }

  private fits(weight: number): boolean {
    return this.inside === 0 || this.inside + weight <= this.budget;
  }

  private letIn(): void {
    for (let next = this.waiting[0]; next && this.fits(next.weight); next = this.waiting[0]) {
      this.waiting.shift();
      this.inside += next.weight;
      next.enter();
    }
  }
}
