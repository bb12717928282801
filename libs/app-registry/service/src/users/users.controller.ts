import { Controller } from '@nestjs/common';
import { checkAdministrator } from '@reprise/access';
import { createUser, findUsers, resolveUsers, type BodyOf, type ReplyOf } from '@reprise/contracts';
import { OnRequest } from '@reprise/nest-kit';
import { Users } from './users.js';

@Controller()
export class UsersController {
  constructor(private readonly users: Users) {}

  @OnRequest(createUser)
  async create({ principal, key, email, displayName }: BodyOf<typeof createUser>): Promise<ReplyOf<typeof createUser>> {
    checkAdministrator(principal);
    return { user: await this.users.create(email, displayName, key) };
  }

  @OnRequest(findUsers)
  async find({ ids }: BodyOf<typeof findUsers>): Promise<ReplyOf<typeof findUsers>> {
    return { users: await this.users.byIds(ids) };
  }

  @OnRequest(resolveUsers)
  async resolve({ ids }: BodyOf<typeof resolveUsers>): Promise<ReplyOf<typeof resolveUsers>> {
    return { users: Object.fromEntries((await this.users.byIds(ids)).map(({ id, email }) => [id, email])) };
  }
}
