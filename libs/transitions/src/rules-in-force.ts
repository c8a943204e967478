import { Injectable } from '@nestjs/common';
import { rulesAt, type TransitionRules } from './domain/transition-rules.ts';

/** The rules that decide about an instant: asked once for each decision, so that none is made by a mixture. */
@Injectable()
export class RulesInForce {
  /** @param instant when it happened that is decided about: milliseconds since the epoch */
  async rulesInForce(instant: number): Promise<TransitionRules> {
    return rulesAt(instant);
  }
}
