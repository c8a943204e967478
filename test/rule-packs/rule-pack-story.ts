import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { eventually, type House, type Json } from '#platform/testing';
import {
  packsOfDocument,
  packsOfPatient,
  recipientsBy,
  toldBy,
  versionAt,
  type Change,
  type Told,
} from './marked-pack.ts';

interface Bundle {
  readonly entry?: readonly { readonly resource: Json }[];
}

interface Parameter {
  readonly name: string;
  readonly part?: readonly Parameter[];
  readonly [value: `value${string}`]: unknown;
}

type Parts = Readonly<Record<string, unknown>>;

const named = (parameters: readonly Parameter[] | undefined, name: string) =>
  (parameters ?? []).filter((one) => one.name === name);
const valueOf = (parameter: Parameter): unknown =>
  Object.entries(parameter).find(([key]) => key.startsWith('value'))?.[1];
const partsOf = ({ part = [] }: Parameter): Parts =>
  Object.fromEntries(part.map((one) => [one.name, valueOf(one)]));

type Send = (controlId: string, segments: readonly string[]) => Promise<string | undefined>;

const senders = [1, 2, 3, 4];
/** All together send about one message in 40 ms: more would only take longer to look at. */
const pauseMs = 160;
/** How many stays or messages are looked at side by side. */
const sideBySide = 8;

/** What the story does to a house, and how it sends an HL7 v2 message: answers MSA-1. */
export class RulePackStory {
  readonly #house: House;
  readonly #send: Send;
  /** MSA-1 of each message, and the status of each write. */
  readonly answers: (string | number | undefined)[] = [];
  /** Of the messages and patients, and of the stays, since this life began. */
  readonly numbers: string[] = [];
  readonly stays: string[] = [];
  /** When it was not yet asked to admit the patient of a stay, and when that was answered. */
  readonly #admitted = new Map<string, readonly [number, number]>();
  #lives = 0;

  constructor(house: House, send: Send) {
    this.#house = house;
    this.#send = send;
  }

  /** The patient of all stays, and those who may have to be told of them. */
  async writePatient(family: string): Promise<void> {
    for (const id of ['marked-general-practitioner', 'marked-destination'])
      await this.#house.fhir.put(`Organization/${id}`, { resourceType: 'Organization', id, name: id });
    await this.#house.fhir.put('Patient/marked', {
      resourceType: 'Patient',
      id: 'marked',
      name: [{ family }],
      generalPractitioner: [{ reference: 'Organization/marked-general-practitioner' }],
    });
  }

  async operation(
    name: string,
    body: object,
  ): Promise<{ status: number; body: { parameter?: readonly Parameter[] } }> {
    return this.#house.fhir.post(`$${name}`, body);
  }

  add(pack: object) {
    return this.operation('rules-add', pack);
  }

  async list(name: 'pack' | 'change'): Promise<readonly Parts[]> {
    const { body } = await this.#house.fhir.get<{ parameter?: readonly Parameter[] }>('$rules-list');
    return named(body.parameter, name).map(partsOf);
  }

  /** Tries until all parts could be told in time, and answers from when on it holds. */
  async change(version: string | undefined, notBefore: number): Promise<Change> {
    const at = await eventually(async () => {
      const instant = Math.max(notBefore, Date.now() + 6_000);
      const parameter = [
        { name: 'name', valueString: 'marked' },
        ...(version === undefined ? [] : [{ name: 'version', valueString: version }]),
        { name: 'at', valueInstant: new Date(instant).toISOString() },
      ];
      const operation = version === undefined ? 'rules-retire' : 'rules-activate';
      const { status, body } = await this.operation(operation, { resourceType: 'Parameters', parameter });
      if (status !== 200) throw new Error(`${operation} answers ${status}: ${JSON.stringify(body)}`);
      return Date.parse(String(partsOf(named(body.parameter, 'change')[0]!)['at']));
    });
    return { at, version };
  }

  /** Several senders at the same time, each with messages and discharges until an instant, and one more after it. */
  async live(until: number): Promise<void> {
    this.numbers.length = 0;
    this.stays.length = 0;
    this.#lives += 1;
    const life = this.#lives;
    await Promise.all(senders.map((sender) => this.#sender(`marked-${life}-${sender}`, until)));
  }

  async #sender(name: string, until: number): Promise<void> {
    for (let nth = 0, isLast = false; !isLast; nth += 1) {
      isLast = Date.now() > until;
      const number = `${name}-${nth}`;
      this.answers.push(await this.#send(number, [`PID|1||${number}^^^MARKED^MR||Marked^Ada||19700102|D`]));
      this.numbers.push(number);
      if (nth % 3 === 0 || isLast) await this.discharge(number);
      await sleep(pauseMs);
    }
  }

  /** A stay that begins and ends. */
  async discharge(id: string): Promise<void> {
    await this.#stay(id);
    this.stays.push(id);
  }

  async #stay(id: string): Promise<void> {
    for (const status of ['in-progress', 'finished']) {
      const encounter = {
        resourceType: 'Encounter',
        id,
        status,
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
        subject: { reference: 'Patient/marked' },
        hospitalization: { destination: { reference: 'Organization/marked-destination' } },
        period: {
          start: '2026-03-02T08:00:00Z',
          ...(status === 'finished' ? { end: '2026-03-09T10:00:00Z' } : {}),
        },
      };
      const before = Date.now();
      this.answers.push((await this.#house.fhir.put(`Encounter/${id}`, encounter)).status);
      if (status === 'in-progress') this.#admitted.set(id, [before, Date.now()]);
    }
  }

  /** The document of a second discharge from one stay, which takes the place of the first one's. */
  async dischargedTwice(id: string): Promise<Json> {
    await this.#stay(id);
    await eventually(() => this.compositionOf(id));
    await this.#stay(id);
    return eventually(async () => {
      const { body } = await this.#house.fhir.get<Bundle>(`Composition?encounter=Encounter/${id}`);
      const second = body.entry?.find(({ resource }) => resource['relatesTo'] !== undefined);
      if (second === undefined) throw new Error(`${id} has no second document yet`);
      return second.resource;
    });
  }

  /** Each message as it was received and applied, with the pack that its queue names and those that its patient shows. */
  async applied(): Promise<readonly { received: number; rules: string; packs: ReadonlySet<string> }[]> {
    return each(await this.#messages(), async (message) => {
      const { body } = await this.#house.fhir.get<Bundle>(
        `Patient?identifier=${String(message['controlId'])}`,
      );
      expect(body.entry).toHaveLength(1);
      return {
        received: Date.parse(String(message['received'])),
        rules: String(message['rules'] ?? '').replace('marked|', ''),
        packs: packsOfPatient(body.entry![0]!.resource),
      };
    });
  }

  /** Those of this life, each as it stands in the queue, the newest first. */
  async #messages(): Promise<readonly Parts[]> {
    const own = new Set<unknown>(this.numbers);
    const found: Parts[] = [];
    for (let next: unknown = ''; next !== undefined && found.length < own.size;) {
      const { body } = await this.#house.fhir.get<{ parameter?: readonly Parameter[] }>(
        `$v2-messages?_count=500${next === '' ? '' : `&before=${String(next)}`}`,
      );
      const page = named(body.parameter, 'message').map(partsOf);
      found.push(...page.filter(({ controlId }) => own.has(controlId)));
      next = named(body.parameter, 'next').map(valueOf)[0];
    }
    expect(found.map(({ controlId }) => controlId).toSorted()).toEqual([...own].toSorted());
    const waiting = found.filter(({ state }) => state !== 'applied');
    if (waiting.length > 0) throw new Error(`${waiting.length} messages are ${String(waiting[0]!['state'])}`);
    return found;
  }

  /** Has a message applied again that was read by this pack, and answers by which it is read then. */
  async replayed(version: string): Promise<unknown> {
    const of = async () => (await this.#messages()).filter(({ rules }) => rules === `marked|${version}`);
    const [{ id }] = (await of()) as [Parts];
    const parameter = [{ name: 'id', valueUuid: id }];
    expect((await this.operation('v2-resend', { resourceType: 'Parameters', parameter })).status).toBe(200);
    return eventually(
      async () => (await this.#messages()).find((message) => message['id'] === id)?.['rules'],
    );
  }

  async compositionOf(stay: string): Promise<Json> {
    const { body } = await this.#house.fhir.get<Bundle>(`Composition?encounter=Encounter/${stay}`);
    const found = body.entry?.[0]?.resource;
    if (found === undefined) throw new Error(`${stay} has no document yet`);
    return found;
  }

  async toldOf(stay: string): Promise<readonly Told[]> {
    const { body } = await this.#house.fhir.get<Bundle>(`Communication?encounter=Encounter/${stay}`);
    return (body.entry ?? []).map(({ resource }) => toldBy(resource));
  }

  async remade(composition: Json): Promise<Parts> {
    const { status, body } = await this.#house.fhir.get<{ parameter?: readonly Parameter[] }>(
      `Composition/${String(composition['id'])}/$remake`,
    );
    expect([status, body]).toEqual([200, body]);
    return Object.fromEntries((body.parameter ?? []).map((one) => [one.name, valueOf(one)]));
  }

  async tried(what: 'messages' | 'discharges', version: string): Promise<readonly Parts[]> {
    const { status, body } = await this.#house.fhir.get<{ parameter?: readonly Parameter[] }>(
      `$rules-try-${what}?name=marked&version=${version}&_count=50`,
    );
    expect([status, status === 200 ? '' : body]).toEqual([200, '']);
    return named(body.parameter, 'difference').map(partsOf);
  }

  /** Every decision is one pack's, and that of the pack in force at its instant. */
  async assertNoMixture(changes: readonly Change[]): Promise<ReadonlySet<string>> {
    const applied = await eventually(() => this.applied());
    for (const { received, rules, packs } of applied) {
      expect([...packs]).toEqual([rules]);
      expect(rules).toBe(versionAt(changes, received));
    }
    await each(this.stays, async (stay) => {
      const composition = await eventually(() => this.compositionOf(stay));
      const packs = packsOfDocument(composition);
      const version = versionAt(changes, Date.parse(String(composition['date'])));
      expect([...packs]).toEqual([version]);
      await eventually(() => this.#assertTold(stay, version, changes));
    });
    return new Set(applied.map(({ rules }) => rules));
  }

  /** Those whom the pack of each event names, and no others: of the discharge by notice and document. */
  async #assertTold(stay: string, version: string, changes: readonly Change[]): Promise<void> {
    const told = await this.toldOf(stay);
    for (const { occurred, packs } of told) expect([...packs]).toEqual([versionAt(changes, occurred)]);
    const ofStep = (wanted: string) =>
      told
        .filter(({ step }) => step === wanted)
        .map(({ category, recipient }) => `${category} ${recipient}`)
        .toSorted();
    expect(ofStep('discharged')).toEqual(
      recipientsBy(version)
        .flatMap((recipient) => [`notification ${recipient}`, `document ${recipient}`])
        .toSorted(),
    );
    const [asked, answered] = this.#admitted.get(stay)!.map((instant) => versionAt(changes, instant));
    // A change that came while the patient was being admitted: which of the two decided is not known here.
    if (asked !== answered) return;
    const ofAdmission = asked === '' ? recipientsBy('').map((recipient) => `notification ${recipient}`) : [];
    expect(ofStep('admitted')).toEqual(ofAdmission.toSorted());
  }
}

async function each<T, R>(all: readonly T[], look: (one: T) => Promise<R>): Promise<readonly R[]> {
  const seen: R[] = [];
  for (let at = 0; at < all.length; at += sideBySide)
    seen.push(...(await Promise.all(all.slice(at, at + sideBySide).map(look))));
  return seen;
}
