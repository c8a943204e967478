import { Controller, Inject } from '@nestjs/common';
import {
  medicationListId,
  readReconciliation,
  reconciliationIn,
  reconciliationRecorded,
  type ReconciliationRecorded,
} from '#medications/contract';
import type { Caller } from '#platform/access';
import type { Transaction } from '#platform/database';
import { Hears, Messenger, type Delivery, type EventMessage } from '#platform/messaging';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { medicationList } from './domain/medication-list.ts';

/**
 * Keeps the List of a stay's reconciled medications. It is written with the mark that the event was applied, under the
 * id that follows from the encounter; events of one patient come in order, so the last reconciliation is what stands.
 */
@Controller()
export class MedicationListListener {
  readonly #messenger: Messenger;
  readonly #store: ResourceStore;

  constructor(@Inject(Messenger) messenger: Messenger, @Inject(ResourceStoreToken) store: ResourceStore) {
    this.#messenger = messenger;
    this.#store = store;
  }

  @Hears(reconciliationRecorded, 'medication-list')
  async recorded(
    caller: Caller,
    event: EventMessage<ReconciliationRecorded>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    if (await delivery.alreadyApplied()) return;
    const { texts } = await this.#messenger.call(caller, readReconciliation, {
      id: event.payload.reconciliation,
    });
    const reconciliation = reconciliationIn(texts);
    if (reconciliation === undefined) return;
    const id = medicationListId(reconciliation.encounter);
    const text = JSON.stringify(medicationList(id, reconciliation));
    await delivery.applyOnce(async (transaction) => {
      const request = { method: 'update' as const, type: 'List', id };
      await this.#store.writeIn(transaction, caller, [{ request, text }], { traceparent: event.traceparent });
    });
  }
}
