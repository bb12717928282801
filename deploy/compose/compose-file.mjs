import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The compose file as Docker understands it: anchors merged, variables replaced. */
export const COMPOSE_FILE = new URL('../../docker-compose.yml', import.meta.url);

/** `${NAME:-default}`; a default may hold a variable itself. */
const VARIABLE = /\$\{([A-Z0-9_]+)(:-((?:[^${}]|\$\{[^{}]*\})*))?\}/g;

export const composeText = () => readFileSync(COMPOSE_FILE, 'utf8');

/** Each variable is replaced within the text it stands in, so that an empty one is an empty text. */
export const readCompose = (variables = {}) =>
  parse(composeText(), (_, value) => (typeof value === 'string' ? interpolate(value, variables) : value), { merge: true });

/** Which variables the text names, and whether each of them has a default wherever it is named. */
export function variablesOf(text) {
  return [...text.matchAll(VARIABLE)].flatMap(([, name, given, fallback = '']) => [{ name, hasDefault: given !== undefined }, ...variablesOf(fallback)]);
}

function interpolate(text, variables) {
  return text.replace(VARIABLE, (_, name, _given, fallback = '') => variables[name] || interpolate(fallback, variables));
}
