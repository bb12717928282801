import { type AppState, listRules, type Principal } from '@reprise/contracts';
import { PatientBus } from '@reprise/messaging-core';
import { Controller, Get } from '@nestjs/common';
import { appRef, Caller, CurrentApp } from '../http/request.js';
import { rulesDto } from './rule.dto.js';

@Controller('api/apps/:app/rules')
export class RulesController {
  constructor(private readonly bus: PatientBus) {}

  @Get()
  async list(@Caller() principal: Principal, @CurrentApp() app: AppState) {
    const { rules } = await this.bus.request(listRules, { principal, app: appRef(app) });
    return rulesDto(app, rules);
  }
}
