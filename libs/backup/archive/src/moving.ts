/**
 * What of a task's input or result changes hands between threads rather than being copied: its bytes, where they are alone in their memory.
 * Whoever gave them has them no more.
 */
export function movedWith(value: object): ArrayBuffer[] {
  return Object.values(value).flatMap((member: unknown) =>
    ArrayBuffer.isView(member) && member.byteLength === member.buffer.byteLength ? [member.buffer as ArrayBuffer] : [],
  );
}
