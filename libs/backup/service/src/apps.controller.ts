import { appDeleted, type BodyOf } from '@reprise/contracts';
import { OnFact } from '@reprise/nest-kit';
import { Controller } from '@nestjs/common';
import { KeptFragments } from './kept-fragments.js';

/** What becomes of apps, as far as backups are concerned. */
@Controller()
export class AppsController {
  constructor(private readonly fragments: KeptFragments) {}

  /** Its archives stay. */
  @OnFact(appDeleted, 'backup')
  async deleted({ appId }: BodyOf<typeof appDeleted>): Promise<void> {
    await this.fragments.sweepApp(appId);
  }
}
