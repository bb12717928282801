/** What the command says to scripts. */
export const ExitCode = {
  ok: 0,
  /** The job ran and failed, or was cancelled. */
  jobFailed: 1,
  /** The archive is not what it should be. */
  damaged: 1,
  /** The command line is wrong, or the file isn't there. */
  usage: 2,
  /** Nobody answers at the URL. */
  unreachable: 3,
  /** The server refused: credentials, rights, or what was asked for. */
  refused: 4,
} as const;

/** Ends the command with a code, and says why. */
export class CommandError extends Error {
  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}
