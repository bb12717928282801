/** For settling a message on a channel that may be closing or gone: then the broker gives what was in hand to others. */
export function whileOpen(settle: () => void): void {
  try {
    settle();
  } catch (error) {
    if (!wasClosed(error)) throw error;
  }
}

/** amqplib's word for what is asked of a channel or connection that is closing or gone. */
export function wasClosed(error: unknown): boolean {
  return error instanceof Error && error.name === 'IllegalOperationError';
}
