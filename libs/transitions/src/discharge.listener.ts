import { Controller, Inject } from '@nestjs/common';
import {
  encounterCancelled,
  encounterDischargeCancelled,
  encounterDischarged,
  type EncounterEvent,
} from '#encounters/contract';
import type { Caller } from '#platform/access';
import type { Transaction } from '#platform/database';
import { Hears, type Delivery, type EventMessage } from '#platform/messaging';
import { packCode } from '#platform/rules';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { dischargeIds } from './discharge-ids.ts';
import { making } from './communications-of-stay.ts';
import { documentMade, documentWithdrawn } from './contract/index.ts';
import { dischargeDocument } from './domain/discharge-document.ts';
import { withdrawn } from './domain/withdrawn.ts';
import { DocumentsOfStay } from './documents-of-stay.ts';
import { GatherDischargeFacts } from './gather-discharge-facts.ts';
import { RulesInForce } from './rules-in-force.ts';
import { DischargeSources, sourcesOf } from './store/discharge-sources.ts';

const summaries = 'discharge-summary';

/**
 * Makes the discharge summary when a patient is discharged. It is written with the mark that the event was applied, and
 * its ids follow from the event, so there is one however often the event comes. While a context that knows part of
 * the stay does not answer there is none: the fault goes back to the dispatcher, which delivers the event again. A stay that turns
 * out to have been recorded in error takes its summary with it, and so does a discharge that is called off. All belong to
 * one subscription, which keeps their order: no summary comes after its withdrawal.
 */
@Controller()
export class DischargeListener {
  readonly #gather: GatherDischargeFacts;
  readonly #documents: DocumentsOfStay;
  readonly #rules: RulesInForce;
  readonly #store: ResourceStore;
  readonly #sources: DischargeSources;

  constructor(
    @Inject(GatherDischargeFacts) gather: GatherDischargeFacts,
    @Inject(DocumentsOfStay) documents: DocumentsOfStay,
    @Inject(RulesInForce) rules: RulesInForce,
    @Inject(ResourceStoreToken) store: ResourceStore,
    @Inject(DischargeSources) sources: DischargeSources,
  ) {
    this.#gather = gather;
    this.#documents = documents;
    this.#rules = rules;
    this.#store = store;
    this.#sources = sources;
  }

  @Hears(encounterDischarged, summaries)
  async discharged(
    caller: Caller,
    event: EventMessage<EncounterEvent>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    if (await delivery.alreadyApplied()) return;
    const { version: _, ...stay } = event.payload;
    const { encounter } = stay;
    const rules = await this.#rules.at(event.occurredAt);
    const gathered = await this.#gather.of(caller, encounter, rules.document.kinds);
    if (gathered === undefined) return;
    const { facts, leftOut } = gathered;
    const earlier = await this.#documents.of(caller, encounter);
    const base = this.#store.ownBase;
    const madeOf = {
      ids: dischargeIds(this.#store.ownId, encounter, event.id),
      time: new Date(event.occurredAt).toISOString(),
      replaced: earlier.map(({ type, id }) => `${type}/${id}`),
      leftOut,
      ...(base === undefined ? {} : { base }),
    };
    const { bundle, composition, documentReference } = dischargeDocument(facts, { ...madeOf, rules });
    const entries = making([bundle, composition, documentReference]);
    const made = {
      ...stay,
      bundle: bundle.id,
      composition: composition.id,
      dischargedAt: event.occurredAt,
    };
    const events = [{ type: documentMade, orderKey: event.orderKey, payload: made }];
    await delivery.applyOnce(async (transaction) => {
      const { traceparent } = event;
      const { result } = await this.#store.writeIn(transaction, caller, entries, { events, traceparent });
      const source = {
        bundle: bundle.id,
        version: result[0]!.version,
        composition: composition.id,
        making: madeOf,
        rules: packCode(rules),
        sources: sourcesOf(facts),
        reconciliation: facts.reconciliation?.id ?? null,
      };
      await this.#sources.keep(transaction, source, facts.patient === undefined ? [] : [facts.patient.id]);
    });
  }

  @Hears(encounterCancelled, summaries)
  cancelled(
    caller: Caller,
    event: EventMessage<EncounterEvent>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    return this.#withdraw(caller, event, delivery);
  }

  @Hears(encounterDischargeCancelled, summaries)
  dischargeCancelled(
    caller: Caller,
    event: EventMessage<EncounterEvent>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    return this.#withdraw(caller, event, delivery);
  }

  /** The document itself stays as it was handed out: the parts by which it is found say what to think of it. */
  async #withdraw(
    caller: Caller,
    event: EventMessage<EncounterEvent>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    if (await delivery.alreadyApplied()) return;
    const { encounter, patient } = event.payload;
    const made = await this.#documents.of(caller, encounter);
    const entries = made.flatMap(({ text, version: ifMatch }) => {
      const part = withdrawn(text);
      if (part === undefined) return [];
      // Another version by then: the event comes again, and reads that one.
      return [
        { request: { method: 'update' as const, type: part.type, id: part.id, ifMatch }, text: part.text },
      ];
    });
    if (entries.length === 0) return;
    const payload = { encounter, ...(patient === undefined ? {} : { patient }) };
    const events = [{ type: documentWithdrawn, orderKey: event.orderKey, payload }];
    await delivery.applyOnce(async (transaction) => {
      await this.#store.writeIn(transaction, caller, entries, { events, traceparent: event.traceparent });
    });
  }
}
