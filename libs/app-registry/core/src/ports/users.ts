import type { User } from '@reprise/contracts';

/** E-mails are the same without regard to case. */
export function emailKey(email: string): string {
  return email.trim().toLowerCase();
}

/**
 * People, by e-mail (without regard to case). One may be reserved by jobs: not real yet, so neither listed nor found, until the first
 * of these jobs takes its name or somebody creates him. Each call is one atomic, durable step and may be repeated.
 */
export abstract class UserDirectory {
  /** Real users; others are left out. */
  abstract byIds(ids: readonly string[]): Promise<User[]>;
  abstract byEmail(email: string): Promise<User | undefined>;
  /** Makes the user, or makes a reserved one real. Error `users.email-taken` (invalid). */
  abstract create(user: User): Promise<User>;
  /**
   * User ids by e-mail, with the e-mails as asked. Missing users are left out or, with `reserveFor`, reserved under that job and named in
   * `created`. One that another job reserved is shared: he stays while one of the jobs wants him. Error `apps.discarded` (conflict).
   */
  abstract resolve(emails: readonly string[], reserveFor?: { jobId: string; appId: string }): Promise<{ ids: Record<string, string>; created: string[] }>;
}
