import { Controller, Inject } from '@nestjs/common';
import {
  encounterAdmitted,
  encounterArrived,
  encounterCancelled,
  encounterClassChanged,
  encounterDischargeCancelled,
  encounterDischarged,
  encounterTransferred,
  type EncounterEvent,
} from '#encounters/contract';
import type { Caller } from '#platform/access';
import type { Transaction } from '#platform/database';
import { derivedId } from '#platform/fhir';
import { Hears, type Delivery, type EventMessage } from '#platform/messaging';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import {
  callingOff,
  CommunicationsOfStay,
  making,
  type StoredCommunication,
} from './communications-of-stay.ts';
import { extensionOf, extensions, isNotice, topicOf } from './domain/communication.ts';
import type { Fact } from './domain/fact.ts';
import { lacking, noticeMessage, type NoticeFacts } from './domain/notice-message.ts';
import { tellings, type Tellings } from './domain/tellings.ts';
import {
  noticeOf,
  type EncounterStep,
  type NoticeRule,
  type TransitionRules,
} from './domain/transition-rules.ts';
import { FindAddressees } from './find-addressees.ts';
import { GatherNoticeFacts } from './gather-notice-facts.ts';
import { RulesInForce } from './rules-in-force.ts';

const notices = 'notices';

type Heard = EventMessage<EncounterEvent>;

/**
 * Has others told that a patient came or went, as the rules require: one Communication for each recipient, written with
 * the mark that the event was applied and with the event that hands it to whoever sends. While a context does not answer
 * that may know a recipient, or an objection of the patient, nobody is told; the event comes again until all do. All
 * belong to one subscription, which keeps their order: what is called off is found by what calls it off.
 */
@Controller()
export class NoticeListener {
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

  @Hears(encounterArrived, notices)
  arrived(caller: Caller, event: Heard, delivery: Delivery<Transaction>): Promise<void> {
    return this.#tell('arrived', caller, event, delivery);
  }

  @Hears(encounterAdmitted, notices)
  admitted(caller: Caller, event: Heard, delivery: Delivery<Transaction>): Promise<void> {
    return this.#tell('admitted', caller, event, delivery);
  }

  @Hears(encounterClassChanged, notices)
  classChanged(caller: Caller, event: Heard, delivery: Delivery<Transaction>): Promise<void> {
    return this.#tell('class-changed', caller, event, delivery);
  }

  @Hears(encounterTransferred, notices)
  transferred(caller: Caller, event: Heard, delivery: Delivery<Transaction>): Promise<void> {
    return this.#tell('transferred', caller, event, delivery);
  }

  @Hears(encounterDischarged, notices)
  discharged(caller: Caller, event: Heard, delivery: Delivery<Transaction>): Promise<void> {
    return this.#tell('discharged', caller, event, delivery);
  }

  @Hears(encounterDischargeCancelled, notices)
  dischargeCancelled(caller: Caller, event: Heard, delivery: Delivery<Transaction>): Promise<void> {
    return this.#callOff(caller, event, delivery, isOfDischarge);
  }

  @Hears(encounterCancelled, notices)
  cancelled(caller: Caller, event: Heard, delivery: Delivery<Transaction>): Promise<void> {
    return this.#callOff(caller, event, delivery, () => true);
  }

  async #tell(
    step: EncounterStep,
    caller: Caller,
    event: Heard,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    const rules = await this.#rules.at(event.occurredAt);
    const notice = noticeOf(rules, step, event.payload.class);
    if (notice === undefined || (await delivery.alreadyApplied())) return;
    const { encounter: id, version } = event.payload;
    if (notice.oncePerEncounter && (await this.#isTold(caller, id, notice))) return;
    const found = await this.#gather.encounter(caller, id);
    if (found === undefined || isCalledOff(found, step)) return;
    const encounter = await this.#gather.inVersion(caller, found, version);
    const patient = await this.#gather.patientOf(caller, encounter);
    const facts = await this.#gather.of(caller, encounter, patient);
    const told = await this.#tellings(caller, event, { step, notice, rules }, facts);
    await delivery.applyOnce(async (transaction) => {
      const { events } = told;
      await this.#store.writeIn(transaction, caller, making(told.resources), {
        events,
        traceparent: event.traceparent,
      });
    });
  }

  async #isTold(caller: Caller, encounter: string, { topic }: NoticeRule): Promise<boolean> {
    const communications = await this.#communications.of(caller, encounter);
    return communications.some(({ fields }) => topicOf(fields) === topic);
  }

  async #tellings(
    caller: Caller,
    event: Heard,
    { step, notice, rules }: Required,
    facts: NoticeFacts,
  ): Promise<Tellings> {
    const { encounter, patient } = facts;
    const what = [notice.topic, encounter.id, ...(notice.oncePerEncounter ? [] : [event.id])];
    const found = await this.#find.of(
      caller,
      facts,
      { content: 'notification', recipients: notice.recipients },
      event.occurredAt,
    );
    const isToldToAny = found.some(({ hindrance }) => hindrance === undefined);
    const idOf = (kind: string) => derivedId('notice', kind, ...what);
    const bundle = this.#store.ownId('notice', 'Bundle', ...what);
    const ids = { bundle, header: idOf('MessageHeader'), message: idOf('message') };
    const time = new Date(event.occurredAt).toISOString();
    const message = noticeMessage(facts, { notice, rules, ids, time, ownBase: this.#store.ownBase });
    const { resources, events } = tellings(this.#store.ownId, what, found, {
      category: 'notification',
      step,
      topic: notice.topic,
      title: notice.title,
      message: notice.message,
      rules,
      encounter,
      patient: patient && `Patient/${patient.id}`,
      occurredAt: event.occurredAt,
      bundle: isToldToAny ? ids.bundle : undefined,
      lacks: isToldToAny ? lacking(facts) : [],
    });
    return { resources: isToldToAny ? [message, ...resources] : resources, events };
  }

  async #callOff(
    caller: Caller,
    event: Heard,
    delivery: Delivery<Transaction>,
    concerns: (communication: StoredCommunication) => boolean,
  ): Promise<void> {
    if (await delivery.alreadyApplied()) return;
    const open = await this.#communications.of(caller, event.payload.encounter);
    const entries = callingOff(open.filter(({ fields }) => isNotice(fields)).filter(concerns));
    if (entries.length === 0) return;
    await delivery.applyOnce(async (transaction) => {
      await this.#store.writeIn(transaction, caller, entries, { traceparent: event.traceparent });
    });
  }
}

/** What the rules require of an event. */
interface Required {
  readonly step: EncounterStep;
  readonly notice: NoticeRule;
  readonly rules: TransitionRules;
}

/** It may have been called off between the event and now; what calls it off is heard later, and finds nothing to do. */
function isCalledOff({ fields: { status } }: Fact, step: EncounterStep): boolean {
  if (status === 'entered-in-error' || status === 'cancelled') return true;
  return step === 'discharged' && status !== 'finished';
}

function isOfDischarge({ fields }: StoredCommunication): boolean {
  return extensionOf(fields, extensions.step) === 'discharged';
}
