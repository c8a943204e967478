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
  (parameters ?? []).filter((each) => each.name === name);
const valueOf = (parameter: Parameter): unknown =>
  Object.entries(parameter).find(([key]) => key.startsWith('value'))?.[1];
const partsOf = ({ part = [] }: Parameter): Parts =>
  Object.fromEntries(part.map((each) => [each.name, valueOf(each)]));

/** What the story does to a house, and how it sends an HL7 v2 message: answers MSA-1. */
export class RulePackStory {
  readonly #house: House;
  readonly #send: (segments: readonly string[]) => Promise<string | undefined>;
  /** MSA-1 of each message, and the status of each write. */
  readonly answers: (string | number | undefined)[] = [];
  readonly numbers: string[] = [];
  readonly stays: string[] = [];

  constructor(house: House, send: (segments: readonly string[]) => Promise<string | undefined>) {
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

  /** Messages and discharges, one after another, until an instant. */
  async live(until: number): Promise<void> {
    for (let nth = this.numbers.length; Date.now() < until; nth += 1) {
      const number = `M${nth}`;
      this.answers.push(await this.#send([`PID|1||${number}^^^MARKED^MR||Marked^Ada||19700102|D`]));
      this.numbers.push(number);
      if (nth % 3 === 0) await this.discharge(`marked-${nth}`);
      await sleep(40);
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
      this.answers.push((await this.#house.fhir.put(`Encounter/${id}`, encounter)).status);
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
    const messages = (await this.#messages()).slice(0, this.numbers.length).toReversed();
    return Promise.all(
      messages.map(async (message, nth) => {
        const number = this.numbers[nth]!;
        const { body } = await this.#house.fhir.get<Bundle>(`Patient?identifier=${number}`);
        expect(body.entry).toHaveLength(1);
        const rules = String(message['rules'] ?? '').replace('marked|', '');
        return {
          received: Date.parse(String(message['received'])),
          rules,
          packs: packsOfPatient(body.entry![0]!.resource),
        };
      }),
    );
  }

  /** The newest first. */
  async #messages(): Promise<readonly Parts[]> {
    const found: Parts[] = [];
    for (let next: unknown = '', page = 0; next !== undefined && page < 20; page += 1) {
      const { body } = await this.#house.fhir.get<{ parameter?: readonly Parameter[] }>(
        `$v2-messages?_count=500${next === '' ? '' : `&before=${String(next)}`}`,
      );
      found.push(...named(body.parameter, 'message').map(partsOf));
      next = named(body.parameter, 'next').map(valueOf)[0];
    }
    const waiting = found.slice(0, this.numbers.length).filter(({ state }) => state !== 'applied');
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
    return Object.fromEntries((body.parameter ?? []).map((each) => [each.name, valueOf(each)]));
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
    for (const stay of this.stays) {
      const composition = await eventually(() => this.compositionOf(stay));
      const packs = packsOfDocument(composition);
      const version = versionAt(changes, Date.parse(String(composition['date'])));
      expect([...packs]).toEqual([version]);
      await eventually(() => this.#assertTold(stay, version, changes));
    }
    return new Set(applied.map(({ rules }) => rules));
  }

  /** Those whom the pack of each event names, and no others: of the discharge by notice and document. */
  async #assertTold(stay: string, version: string, changes: readonly Change[]): Promise<void> {
    const told = await this.toldOf(stay);
    for (const { occurred, packs } of told) expect([...packs]).toEqual([versionAt(changes, occurred)]);
    const ofDischarge = told.filter(({ step }) => step === 'discharged');
    expect(ofDischarge.map(({ category, recipient }) => `${category} ${recipient}`).toSorted()).toEqual(
      recipientsBy(version)
        .flatMap((recipient) => [`notification ${recipient}`, `document ${recipient}`])
        .toSorted(),
    );
    const ofAdmission = told.filter(({ step }) => step === 'admitted');
    const isBuiltIn = ofAdmission.map(({ packs }) => packs.has(''));
    expect(isBuiltIn).toEqual(isBuiltIn.map(() => true));
  }
}
