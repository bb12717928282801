import { applyDecorators, Catch, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import type { Contract, FactContract, RequestContract, WorkContract } from '@reprise/contracts';
import type { ErrorBody } from '@reprise/kernel';
import { throwError, type Observable } from 'rxjs';
import type { MessageContext } from './message-context.js';

/** What our decorators tell the strategy, by way of Nest's pattern extras. */
export interface HandlerExtras {
  contract: Contract;
  concurrency?: number;
  group?: string;
  dead?: boolean;
}

/** The context of the call that tells of a work's end: see `dead` of {@link OnWork}. */
export interface DeadContext extends MessageContext {
  dead: ErrorBody;
}

type Handler<Body, Reply> = (body: Body, context: MessageContext) => Promise<Reply>;
/** The compiler holds the method to the contract; it may take fewer parameters. */
type HandlerDecorator<Body, Reply> = <H extends Handler<Body, Reply>>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<H>) => void;

/** Nest would replace an error that it doesn't know by "Internal server error"; ours carry their kind and code to the sender. */
@Catch()
class PassErrors implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

function handler(pattern: MethodDecorator): MethodDecorator {
  const positions: MethodDecorator = (target, key) => {
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
  };
  return applyDecorators(positions, pattern, UseFilters(PassErrors));
}

function eventPattern(extras: HandlerExtras): MethodDecorator {
  return EventPattern<string>(extras.contract.name, extras);
}

/** Answers requests. */
export function OnRequest<Body, Reply>(contract: RequestContract<Body, Reply>): HandlerDecorator<Body, Reply> {
  return handler(MessagePattern<string>(contract.name, { contract } satisfies HandlerExtras));
}

export interface WorkOptions {
  /** How many may run at once in a process; 2 if absent. */
  concurrency?: number;
  /** Name of the controller's method `(body, error: ErrorBody) => Promise<void>` that is told when a work failed for good. */
  dead?: string;
}

/** Does a work; acknowledged when the promise resolves, tried again when it rejects. */
export function OnWork<Body>(contract: WorkContract<Body>, options: WorkOptions = {}): HandlerDecorator<Body, void> {
  const { dead, ...extras } = options;
  const pattern = handler(eventPattern({ contract, ...extras, dead: dead !== undefined }));
  return (target: object, key: string | symbol, descriptor: PropertyDescriptor) => {
    if (dead !== undefined) {
      const work = descriptor.value as Handler<Body, void>;
      // The strategy knows handlers, not their controllers: so the end of a work comes the same way as its attempts.
      descriptor.value = function (this: Record<string, (body: Body, error: ErrorBody) => Promise<void>>, body: Body, context: MessageContext | DeadContext) {
        return context && 'dead' in context ? this[dead]!(body, context.dead) : work.call(this, body, context);
      };
    }
    pattern(target, key, descriptor);
  };
}

/** Hears a fact once for each group, whatever the number of its processes. */
export function OnFact<Body>(contract: FactContract<Body>, group: string): HandlerDecorator<Body, void> {
  return handler(eventPattern({ contract, group }));
}
