import { Controller, Inject } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { contract, Handles, type Contract, type Reply } from '#platform/messaging';
import { Health } from './health.ts';
import type { PartStatus } from './part-status.ts';

/** Asks for nothing: the answer is how the part is. */
export class AskStatus {}

/** How a context is, asked from another process. */
export function statusContract(context: string): Contract<AskStatus, PartStatus> {
  return contract<AskStatus, PartStatus>(context, 'part.status', AskStatus, { idempotent: true });
}

/** The handler of {@link statusContract}, of one context. */
export function statusController(context: string) {
  @Controller()
  class PartStatusController {
    readonly #health: Health;

    constructor(@Inject(Health) health: Health) {
      this.#health = health;
    }

    @Handles(statusContract(context))
    async answer(_caller: Caller, _request: AskStatus): Promise<Reply<PartStatus>> {
      return { result: await this.#health.status(context), texts: [] };
    }
  }
  return PartStatusController;
}
