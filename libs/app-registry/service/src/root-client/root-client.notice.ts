import { Injectable } from '@nestjs/common';

/** For the greeting: a secret that was made at this start stands here, and nowhere else ever again. */
@Injectable()
export class RootClientNotice {
  secret?: string;
}
