import { Controller, Inject } from '@nestjs/common';
import type { Caller } from '#platform/access';
import type { Transaction } from '#platform/database';
import { Fault } from '#platform/fhir';
import { Hears, Messenger, type Delivery, type EventMessage } from '#platform/messaging';
import { importContracts } from '#platform/store';
import { reconciliationRecorded, type ReconciliationRecorded } from './contract/index.ts';
import { decisionProvenances } from './domain/decision-provenance.ts';
import { Reconciliations } from './store/reconciliations.ts';

const provenances = importContracts('privacy');

/**
 * Leaves a Provenance with `privacy` for each decision. No transaction spans two contexts, so this is done after the
 * fact and as often as it takes: the event comes until it succeeded, the ids follow from the decisions, and storing the
 * same again changes nothing.
 */
@Controller()
export class ProvenanceListener {
  readonly #messenger: Messenger;
  readonly #reconciliations: Reconciliations;

  constructor(
    @Inject(Messenger) messenger: Messenger,
    @Inject(Reconciliations) reconciliations: Reconciliations,
  ) {
    this.#messenger = messenger;
    this.#reconciliations = reconciliations;
  }

  @Hears(reconciliationRecorded, 'reconciliation-provenance')
  async recorded(
    caller: Caller,
    event: EventMessage<ReconciliationRecorded>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    if (await delivery.alreadyApplied()) return;
    const reconciliation = await this.#reconciliations.find(caller, event.payload.reconciliation);
    const made = reconciliation === undefined ? [] : decisionProvenances(reconciliation);
    if (made.length === 0) return;
    const { result } = await this.#messenger.call(
      caller,
      provenances.import,
      { entries: made.map(({ id }) => ({ type: 'Provenance', id })) },
      { texts: made.map((each) => JSON.stringify(each)), traceparent: event.traceparent },
    );
    if (result.rejected.length > 0)
      throw new Fault(
        'exception',
        `privacy refuses ${result.rejected.length} Provenance of a reconciliation.`,
      );
  }
}
