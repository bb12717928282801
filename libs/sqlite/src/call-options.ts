export interface CallOptions {
  /**
   * False for what can be made again: the commit isn't synced to the disk. It survives a crash of the process, may be lost with the machine's
   * power, and is durable with the next durable call. True if absent.
   */
  durable?: boolean;
  /** Memory of the arguments that the writer takes over rather than copies; its own when it is called, given back when it has answered. */
  moved?: ArrayBuffer[];
}
