/** Tags are trimmed and in lower case; blank ones and repetitions fall away. */
export function normalizeTagNames(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.trim().toLowerCase()).filter((name) => name !== ''))];
}

/** What a change of an asset's tags adds to the counts. */
export function tagCountChanges(before: readonly string[], after: readonly string[]): Record<string, number> {
  const had = new Set(before);
  const has = new Set(after);
  return Object.fromEntries([
    ...[...had].filter((id) => !has.has(id)).map((id) => [id, -1] as const),
    ...[...has].filter((id) => !had.has(id)).map((id) => [id, 1] as const),
  ]);
}
