import { checkMay } from '@reprise/access';
import { type AppState, assignContributor, findUsers, type Principal, removeContributor } from '@reprise/contracts';
import { PatientBus } from '@reprise/messaging-core';
import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { json } from '../http/json-body.js';
import { appRef, Caller, type Command, CurrentApp, CurrentCommand } from '../http/request.js';
import { contributorsDto } from './contributor.dto.js';

const AssignContributor = z.object({ contributorId: z.string(), role: z.string().optional(), invite: z.boolean().optional() });

@Controller('api/apps/:app/contributors')
export class ContributorsController {
  constructor(private readonly bus: PatientBus) {}

  @Get()
  list(@Caller() caller: Principal, @CurrentApp() app: AppState) {
    checkMay(caller, 'own', app);
    return this.answer(app);
  }

  @Post()
  async assign(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Body(json(AssignContributor)) body: z.infer<typeof AssignContributor>) {
    const { app: changed, isInvited } = await this.bus.request(assignContributor, { ...command, app: appRef(app), ...body });
    return this.answer(changed, { isInvited });
  }

  @Delete(':id')
  async remove(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Param('id') contributorId: string) {
    return this.answer((await this.bus.request(removeContributor, { ...command, app: appRef(app), contributorId })).app);
  }

  private async answer(app: AppState, options?: { isInvited: boolean }) {
    const { users } = await this.bus.request(findUsers, { ids: Object.keys(app.contributors) });
    return contributorsDto(app, users, options);
  }
}
