/** For settling a message on a channel that may be closing or gone: then the broker gives what was in hand to others. */
export function whileOpen(settle: () => void): void {
  try {
    settle();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'IllegalOperationError')) throw error;
  }
}
