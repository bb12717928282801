/** The roles that exist in every app, with what Squidex's clients are told of them. What they may do here, {@link Right} says. */
export const DEFAULT_ROLES = {
  Owner: ['*'],
  Developer: ['api', 'assets', 'contents', 'patterns', 'rules', 'schemas', 'workflows'],
  Editor: ['assets', 'contents', 'roles.read', 'workflows.read'],
  Reader: ['assets.read', 'contents.*.read'],
} as const;

export type DefaultRole = keyof typeof DEFAULT_ROLES;

export function isDefaultRole(name: string): name is DefaultRole {
  return Object.hasOwn(DEFAULT_ROLES, name);
}
