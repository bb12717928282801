/** `{id},{name}`: how Squidex names an object that may be renamed or gone. The id never holds a comma, the name may. */
export function namedId(id: string, name: string): string {
  return `${id},${name}`;
}

export function idOfNamed(named: string): string {
  const comma = named.indexOf(',');
  return comma < 0 ? named : named.slice(0, comma);
}

/** Of a field: its number, `undefined` for anything else. */
export function numberOfNamed(named: string | null): number | undefined {
  const id = named === null ? NaN : Number(idOfNamed(named));
  return Number.isSafeInteger(id) ? id : undefined;
}
