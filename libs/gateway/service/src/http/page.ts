import { RepriseError } from '@reprise/kernel';

const UNSUPPORTED = ['q', '$filter', '$orderby', '$search'];

/**
 * `$top` (or `take`) and `$skip` (or `skip`) of a list, the first bounded by `most`. Error `query.invalid`; also for filters, which would give a wrong
 * answer if they were passed over.
 */
export function pageOf(query: Record<string, string>, bounds: { usual: number; most: number }): { skip: number; take: number } {
  const unsupported = UNSUPPORTED.find((name) => query[name]);
  if (unsupported) throw new RepriseError('invalid', 'query.invalid', `The parameter '${unsupported}' is not supported here. Use '$top', '$skip' and 'ids'.`);
  const take = count(query, '$top') ?? count(query, 'take') ?? bounds.usual;
  return { skip: count(query, '$skip') ?? count(query, 'skip') ?? 0, take: Math.min(take, bounds.most) };
}

function count(query: Record<string, string>, name: string): number | undefined {
  const text = query[name];
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new RepriseError('invalid', 'query.invalid', `The parameter '${name}' must be a whole number, 0 or more.`);
  return Number(text);
}
