import { findApp } from '@reprise/contracts';
import { hasCode, RepriseError } from '@reprise/kernel';
import { PatientBus } from '@reprise/messaging-core';
import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Principals } from './principals.js';
import type { GatewayRequest } from './request.js';

const OPEN = 'gateway:open';
const BEARER = /^Bearer +(\S+) *$/i;

/** A handler that needs no token. */
export const Open = () => SetMetadata(OPEN, true);

/**
 * Each route needs a token, unless it says {@link Open}; each route with `:app` in its path needs an app that the caller may see.
 * What he may do there, the services decide.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly bus: PatientBus,
    private readonly principals: Principals,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<GatewayRequest>();
    const open = this.reflector.getAllAndOverride<boolean | undefined>(OPEN, [context.getHandler(), context.getClass()]) === true;
    const principal = await this.principalOf(request, open);
    if (principal) request.principal = principal;
    const { app: name } = request.params as { app?: string };
    // An open route shows what anybody may see: the caller plays no part in finding the app.
    if (name !== undefined) request.registeredApp = (await this.bus.request(findApp, { name, ...(open || !principal ? {} : { principal }) })).app;
    return true;
  }

  private async principalOf(request: GatewayRequest, open: boolean) {
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) {
      if (open) return undefined;
      throw new RepriseError('unauthenticated', 'auth.no-token', 'Send a bearer token.');
    }
    try {
      return await this.principals.of(token);
    } catch (error) {
      if (open && hasCode(error, 'auth.invalid-token')) return undefined;
      throw error;
    }
  }
}
