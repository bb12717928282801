import { issueToken } from '@reprise/contracts';
import { isRepriseError } from '@reprise/kernel';
import { PatientBus } from '@reprise/messaging-core';
import { Body, Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Open } from '../http/access.guard.js';
import { JsonBody } from '../http/json-body.js';

/** Signing in, and whether anybody is at home. */
@Controller()
@Open()
export class SessionController {
  constructor(private readonly bus: PatientBus) {}

  @Get('api/ping')
  @HttpCode(204)
  ping(): void {}

  /** OAuth2 client credentials; errors in OAuth's own form. */
  @Post('identity-server/connect/token')
  async token(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const form = body instanceof URLSearchParams ? body : new URLSearchParams();
    reply.header('Cache-Control', 'no-store').header('Pragma', 'no-cache');
    const refuse = (error: string, description: string) => reply.status(400).send({ error, error_description: description });
    if (body instanceof JsonBody || !form.has('grant_type')) {
      return void (await refuse('invalid_request', "Send 'grant_type', 'client_id' and 'client_secret' as a form (application/x-www-form-urlencoded)."));
    }
    if (form.get('grant_type') !== 'client_credentials') return void (await refuse('unsupported_grant_type', "Only 'client_credentials' is supported."));
    try {
      const { accessToken, expiresInSeconds } = await this.bus.request(issueToken, {
        clientId: form.get('client_id') ?? '',
        clientSecret: form.get('client_secret') ?? '',
      });
      await reply.status(200).send({ access_token: accessToken, token_type: 'Bearer', expires_in: expiresInSeconds, scope: 'squidex-api' });
    } catch (error) {
      if (isRepriseError(error) && error.kind === 'unauthenticated')
        return void (await refuse('invalid_client', 'The client is unknown or its secret is wrong.'));
      throw error;
    }
  }
}
