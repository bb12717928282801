import { createHash } from 'node:crypto';
import type { AppRef, AppState, Principal } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** What the access guard has found out. */
export interface GatewayRequest extends FastifyRequest {
  principal?: Principal;
  registeredApp?: AppState;
}

/** A parameter of a handler: who asks. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => callerOf(requestOf(context)));

/** A parameter of an open handler: who asks, if he has said it. */
export const CallerIfKnown = createParamDecorator((_data: unknown, context: ExecutionContext): Principal | undefined => requestOf(context).principal);

/** A parameter of a handler: the app that the path names. */
export const CurrentApp = createParamDecorator((_data: unknown, context: ExecutionContext): AppState => {
  const app = requestOf(context).registeredApp;
  if (!app) throw new RepriseError('not-found', 'apps.not-found', 'The app does not exist.');
  return app;
});

/** What every command carries: who asks, and the key that makes a repeat harmless. */
export interface Command {
  principal: Principal;
  key?: string;
}

/** A parameter of a handler that changes something. */
export const CurrentCommand = createParamDecorator((_data: unknown, context: ExecutionContext): Command => {
  const request = requestOf(context);
  const principal = callerOf(request);
  const sent = request.headers['idempotency-key'];
  if (typeof sent !== 'string' || sent === '') return { principal };
  // Callers choose their keys alone: one of another caller, or sent with another request, is another key.
  const key = createHash('sha256')
    .update(JSON.stringify([principal.actor, request.method, request.url, sent]))
    .digest('hex');
  return { principal, key };
});

export function appRef(app: AppState): AppRef {
  return { id: app.id, name: app.name };
}

function requestOf(context: ExecutionContext): GatewayRequest {
  return context.switchToHttp().getRequest<GatewayRequest>();
}

function callerOf(request: GatewayRequest): Principal {
  if (!request.principal) throw new RepriseError('unauthenticated', 'auth.no-token', 'Send a bearer token.');
  return request.principal;
}
