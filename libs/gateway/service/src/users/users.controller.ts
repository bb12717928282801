import { checkAdministrator } from '@reprise/access';
import { createUser, findUsers, type Principal, type User } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import { PatientBus } from '@reprise/messaging-core';
import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { json } from '../http/json-body.js';
import { get, path } from '../http/links.js';
import { Caller, type Command, CurrentCommand } from '../http/request.js';

/** Users don't sign in here: a password that is sent is not kept. */
const CreateUser = z.object({ email: z.string(), displayName: z.string().nullish() });

@Controller('api/user-management')
export class UsersController {
  constructor(private readonly bus: PatientBus) {}

  @Post()
  async create(@CurrentCommand() command: Command, @Body(json(CreateUser)) body: z.infer<typeof CreateUser>, @Res({ passthrough: true }) reply: FastifyReply) {
    const { user } = await this.bus.request(createUser, { ...command, email: body.email, displayName: body.displayName || body.email });
    reply.header('Location', path`/api/user-management/${user.id}`);
    return userDto(user);
  }

  @Get(':id')
  async one(@Caller() caller: Principal, @Param('id') id: string) {
    checkAdministrator(caller);
    const { users } = await this.bus.request(findUsers, { ids: [id] });
    if (!users[0]) throw new RepriseError('not-found', 'users.not-found', 'The user does not exist.');
    return userDto(users[0]);
  }
}

/** Squidex's UserDto. */
function userDto(user: User) {
  return { ...user, isLocked: false, permissions: [], _links: { self: get(path`/api/user-management/${user.id}`) } };
}
