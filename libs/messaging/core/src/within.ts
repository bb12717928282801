/** What the promise comes to, or what `late` says or throws when that takes longer than `ms`. */
export async function within<T>(ms: number, promise: Promise<T>, late: () => T): Promise<T> {
  const end = performance.now() + ms;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    // A timer may be early by a part of a millisecond, and what is late by it must be late by the clock too.
    const wait = (left: number) => {
      timer = setTimeout(() => (performance.now() < end ? wait(end - performance.now()) : resolve()), left);
    };
    wait(ms);
  }).then(late);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
