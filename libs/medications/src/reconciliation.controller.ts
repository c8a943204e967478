import { Controller, Inject } from '@nestjs/common';
import { assertScope, type Caller } from '#platform/access';
import { Handles, reply, type Reply } from '#platform/messaging';
import { readReconciliation, type ReadReconciliation } from './contract/index.ts';
import { Reconciliations } from './store/reconciliations.ts';

/** Answers neighbours what was decided. Fault `forbidden` to who may not read orders. */
@Controller()
export class ReconciliationController {
  readonly #reconciliations: Reconciliations;

  constructor(@Inject(Reconciliations) reconciliations: Reconciliations) {
    this.#reconciliations = reconciliations;
  }

  @Handles(readReconciliation)
  async read(caller: Caller, { id, encounter }: ReadReconciliation): Promise<Reply<object>> {
    assertScope(caller, 'MedicationRequest', 'r');
    const found =
      id === undefined
        ? (await this.#reconciliations.of(caller, encounter ?? '')).at(-1)
        : await this.#reconciliations.find(caller, id);
    return reply({}, found === undefined ? [] : [JSON.stringify(found)]);
  }
}
