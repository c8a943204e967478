import { Controller, Inject } from '@nestjs/common';
import { encounterDischarged, type EncounterEvent } from '#encounters/contract';
import type { Caller } from '#platform/access';
import type { Transaction } from '#platform/database';
import { Hears, type Delivery, type EventMessage } from '#platform/messaging';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { dischargeIds } from './discharge-ids.ts';
import { dischargeDocument } from './domain/discharge-document.ts';
import { GatherDischargeFacts } from './gather-discharge-facts.ts';

/**
 * Makes the discharge summary when a patient is discharged. It is written with the mark that the event was applied, and
 * its ids follow from the encounter, so there is one however often the event comes. While a context that knows part of
 * the stay does not answer there is none: the fault goes back to the dispatcher, which delivers the event again.
 */
@Controller()
export class DischargeListener {
  readonly #gather: GatherDischargeFacts;
  readonly #store: ResourceStore;

  constructor(
    @Inject(GatherDischargeFacts) gather: GatherDischargeFacts,
    @Inject(ResourceStoreToken) store: ResourceStore,
  ) {
    this.#gather = gather;
    this.#store = store;
  }

  @Hears(encounterDischarged, 'discharge-summary')
  async discharged(
    caller: Caller,
    event: EventMessage<EncounterEvent>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    if (await delivery.alreadyApplied()) return;
    const { encounter } = event.payload;
    const facts = await this.#gather.of(caller, encounter);
    if (facts === undefined) return;
    const { bundle, composition, documentReference } = dischargeDocument(
      facts,
      dischargeIds(encounter),
      event.occurredAt,
    );
    const entries = [bundle, composition, documentReference].map(({ type, id, text }) => ({
      request: { method: 'update' as const, type, id },
      text,
    }));
    await delivery.applyOnce(async (transaction) => {
      await this.#store.writeIn(transaction, caller, entries, { traceparent: event.traceparent });
    });
  }
}
