import { Controller } from '@nestjs/common';
import { findClient, issueToken, verifyToken, type BodyOf, type ReplyOf } from '@reprise/contracts';
import { OnRequest } from '@reprise/nest-kit';
import { Tokens } from './tokens.js';

@Controller()
export class TokensController {
  constructor(private readonly tokens: Tokens) {}

  @OnRequest(issueToken)
  issue({ clientId, clientSecret }: BodyOf<typeof issueToken>): Promise<ReplyOf<typeof issueToken>> {
    return this.tokens.issue(clientId, clientSecret);
  }

  @OnRequest(verifyToken)
  async verify({ token }: BodyOf<typeof verifyToken>): Promise<ReplyOf<typeof verifyToken>> {
    return { principal: await this.tokens.verify(token) };
  }

  @OnRequest(findClient)
  async find({ clientId }: BodyOf<typeof findClient>): Promise<ReplyOf<typeof findClient>> {
    return { principal: await this.tokens.principalOf(clientId) };
  }
}
