import { RepriseError } from '@reprise/kernel';

/** Error `config.invalid`. Each line names a setting and what it should be; never what it is, which may be a secret. */
export class ConfigError extends RepriseError {
  constructor(readonly problems: string[]) {
    super('invalid', 'config.invalid', `These settings are not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}
