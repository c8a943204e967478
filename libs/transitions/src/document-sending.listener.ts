import { Controller, Inject } from '@nestjs/common';
import type { Caller } from '#platform/access';
import type { Transaction } from '#platform/database';
import { Hears, type Delivery, type EventMessage } from '#platform/messaging';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { callingOff, CommunicationsOfStay, making } from './communications-of-stay.ts';
import {
  documentMade,
  documentWithdrawn,
  type DocumentMade,
  type DocumentWithdrawn,
} from './contract/index.ts';
import { isNotice } from './domain/communication.ts';
import type { Fact } from './domain/fact.ts';
import { tellings, type Tellings } from './domain/tellings.ts';
import { noticeOf } from './domain/transition-rules.ts';
import { FindAddressees } from './find-addressees.ts';
import { GatherNoticeFacts } from './gather-notice-facts.ts';
import { RulesInForce } from './rules-in-force.ts';

const sending = 'document-sending';

/**
 * Has the document of a discharge sent to whom the rules name: one Communication for each recipient. Apart from making the
 * document, so that there is one though it is not known yet who may have it. Made and withdrawn are heard in their order.
 */
@Controller()
export class DocumentSendingListener {
  readonly #gather: GatherNoticeFacts;
  readonly #find: FindAddressees;
  readonly #communications: CommunicationsOfStay;
  readonly #rules: RulesInForce;
  readonly #store: ResourceStore;

  constructor(
    @Inject(GatherNoticeFacts) gather: GatherNoticeFacts,
    @Inject(FindAddressees) find: FindAddressees,
    @Inject(CommunicationsOfStay) communications: CommunicationsOfStay,
    @Inject(RulesInForce) rules: RulesInForce,
    @Inject(ResourceStoreToken) store: ResourceStore,
  ) {
    this.#gather = gather;
    this.#find = find;
    this.#communications = communications;
    this.#rules = rules;
    this.#store = store;
  }

  @Hears(documentMade, sending)
  async made(
    caller: Caller,
    event: EventMessage<DocumentMade>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    if (await delivery.alreadyApplied()) return;
    const encounter = await this.#gather.encounter(caller, event.payload.encounter);
    // Called off meanwhile: what says so is heard next, and finds nothing to call off.
    if (encounter?.fields['status'] !== 'finished') return;
    const { resources, events } = await this.#tellings(caller, event.payload, encounter);
    if (resources.length === 0) return;
    await delivery.applyOnce(async (transaction) => {
      const { traceparent } = event;
      await this.#store.writeIn(transaction, caller, making(resources), { events, traceparent });
    });
  }

  @Hears(documentWithdrawn, sending)
  async withdrawn(
    caller: Caller,
    event: EventMessage<DocumentWithdrawn>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    if (await delivery.alreadyApplied()) return;
    const communications = await this.#communications.of(caller, event.payload.encounter);
    const entries = callingOff(communications.filter(({ fields }) => !isNotice(fields)));
    if (entries.length === 0) return;
    await delivery.applyOnce(async (transaction) => {
      await this.#store.writeIn(transaction, caller, entries, { traceparent: event.traceparent });
    });
  }

  /** Nothing where a discharge is told to nobody; whom nobody knows is recorded once, with the notice. */
  async #tellings(caller: Caller, document: DocumentMade, encounter: Fact): Promise<Tellings> {
    const { bundle, composition, dischargedAt } = document;
    const rules = await this.#rules.at(dischargedAt);
    const notice = noticeOf(rules, 'discharged', document.class);
    if (notice === undefined) return { resources: [], events: [] };
    const patient = await this.#gather.patientOf(caller, encounter);
    const stay = { encounter, patient };
    const found = await this.#find.of(
      caller,
      stay,
      { content: 'document', recipients: rules.document.recipients },
      dischargedAt,
    );
    return tellings(
      this.#store.ownId,
      ['document', bundle],
      found.filter(({ addressee }) => addressee !== undefined),
      {
        category: 'document',
        step: 'discharged',
        topic: 'discharge-document',
        title: rules.document.title,
        message: notice.message,
        rules,
        encounter,
        patient: patient && `Patient/${patient.id}`,
        occurredAt: dischargedAt,
        bundle,
        about: `Composition/${composition}`,
        lacks: [],
      },
    );
  }
}
