/** So many milliseconds from now, or ago where they are below 0, by the server's clock: an expression. */
export function fromNow(ms: number) {
  return { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: ms } };
}
