import { isCommand, type RequestContract } from '@reprise/contracts';
import { isRepriseError, leavesOutcomeUnknown, outcomeUnknown, type RepriseError } from '@reprise/kernel';
import type { MessageBus, RequestOptions } from './bus.js';
import type { Patience } from './patience.js';

/**
 * How gateways ask services for their callers: again while one is away, as long as that can't do anything twice. Commands have a key for that, or it is
 * certain that the attempt before did nothing.
 */
export class PatientBus {
  /** `patience`: that of whoever waits for the answer. */
  constructor(
    private readonly bus: MessageBus,
    private readonly patience: () => Patience,
  ) {}

  /**
   * Errors are those of the services. Of kind `unavailable`, from a command: `commands.outcome-unknown`, `messaging.timeout` and `messaging.interrupted` when it may
   * have been done, by any of the attempts; all others say that nothing was.
   */
  async request<Body, Reply>(contract: RequestContract<Body, Reply>, body: Body, options: RequestOptions = {}): Promise<Reply> {
    const command = isCommand(contract);
    const harmless = !command || (body as { key?: string }).key !== undefined;
    const { deadlineMs = contract.deadlineMs } = options;
    let unclear: RepriseError | undefined;
    const attempt = async (withinMs = deadlineMs): Promise<Reply> => {
      try {
        return await this.bus.request(contract, body, { ...options, deadlineMs: Math.min(deadlineMs, withinMs) });
      } catch (error) {
        if (command && isRepriseError(error) && leavesOutcomeUnknown(error)) unclear = outcomeUnknown(error);
        throw error;
      }
    };
    try {
      return await this.patience().repeat(harmless, attempt);
    } catch (error) {
      throw unclear && isRepriseError(error) && error.kind === 'unavailable' ? unclear : error;
    }
  }
}
