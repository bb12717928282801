/** What a handler may know of the message beside its body. */
export interface MessageContext {
  messageId: string;
  correlationId: string;
  causationId?: string;
  /** 1 for the first time. */
  attempt: number;
}
