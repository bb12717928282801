import { checkMay } from '@reprise/access';
import { addLanguage, type AppState, attachClient, type Principal, revokeClient } from '@reprise/contracts';
import { PatientBus } from '@reprise/messaging-core';
import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { json } from '../http/json-body.js';
import { appRef, Caller, type Command, CurrentApp, CurrentCommand } from '../http/request.js';
import { clientsDto } from './client.dto.js';
import { languagesDto } from './language.dto.js';
import { rolesDto } from './role.dto.js';
import { workflowsDto } from './workflow.dto.js';

const AddLanguage = z.object({ language: z.string() });
const AttachClient = z.object({ id: z.string() });

/** Languages, clients, roles and workflows of an app. Each change answers with the whole new list. */
@Controller('api/apps/:app')
export class AppSettingsController {
  constructor(private readonly bus: PatientBus) {}

  @Get('languages')
  languages(@CurrentApp() app: AppState) {
    return languagesDto(app);
  }

  @Post('languages')
  async addLanguage(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Body(json(AddLanguage)) { language }: z.infer<typeof AddLanguage>) {
    return languagesDto((await this.bus.request(addLanguage, { ...command, app: appRef(app), language })).app);
  }

  @Get('clients')
  clients(@Caller() caller: Principal, @CurrentApp() app: AppState) {
    checkMay(caller, 'own', app);
    return clientsDto(app);
  }

  @Post('clients')
  async attachClient(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Body(json(AttachClient)) { id }: z.infer<typeof AttachClient>) {
    return clientsDto((await this.bus.request(attachClient, { ...command, app: appRef(app), id })).app);
  }

  @Delete('clients/:id')
  async revokeClient(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Param('id') id: string) {
    return clientsDto((await this.bus.request(revokeClient, { ...command, app: appRef(app), id })).app);
  }

  @Get('roles')
  roles(@CurrentApp() app: AppState) {
    return rolesDto(app);
  }

  @Get('workflows')
  workflows(@CurrentApp() app: AppState) {
    return workflowsDto(app);
  }
}
