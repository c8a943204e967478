import { describe, expect, it } from '@jest/globals';
import type { Caller } from '#platform/access';
import { localReference } from '#platform/fhir';
import { parseMessage } from '#platform/hl7v2';
import type { Messenger } from '#platform/messaging';
import { Mapper } from '#platform/v2-to-fhir';
import { ResourceOwners } from '../resource-owners.ts';
import { ApplyResources } from './apply-resources.ts';
import { ResolveIdentities } from './resolve-identities.ts';

type Json = Readonly<Record<string, unknown>>;

/** A context that owns everything: what it holds, and what was written, in order. */
class Shelf {
  readonly held = new Map<string, Json>();
  readonly written: string[] = [];
  /** At once. */
  mostAsked = 0;

  /** The contracts of a context, as far as applying a message asks for them. */
  call(
    _: Caller,
    { pattern }: { readonly pattern: string },
    request: Json,
    options?: { texts: string[] },
  ): unknown {
    if (pattern === 'all.resource.read-many.v1') {
      const references = request['references'] as string[];
      this.mostAsked = Math.max(this.mostAsked, references.length);
      return this.#found(references);
    }
    if (pattern === 'all.resource.search.v1') {
      const { result, texts } = this.#found(this.#matching(request));
      return { result: { matches: result }, texts };
    }
    const result = (request['writes'] as { type: string; id: string }[]).map(({ type, id }, at) => {
      this.held.set(`${type}/${id}`, JSON.parse(options!.texts[at]!) as Json);
      this.written.push(type);
      return { written: {} };
    });
    return { result, texts: [] };
  }

  #matching({ type, search }: Json): string[] {
    const [{ values }] = (search as { filters: [{ values: [{ value: string }] }] }).filters;
    return [...this.held].flatMap(([address, { identifier = [] }]) =>
      address.startsWith(`${String(type)}/`) &&
      (identifier as { value?: string }[]).some(({ value }) => value === values[0].value)
        ? [address]
        : [],
    );
  }

  #found(addresses: readonly string[]) {
    const there = addresses.filter((each) => this.held.has(each));
    const result = there.map((each) => ({ type: each.split('/')[0], id: each.split('/')[1], version: 1 }));
    return { result, texts: there.map((each) => JSON.stringify(this.held.get(each))) };
  }

  all(type: string): Json[] {
    return [...this.held].flatMap(([address, held]) => (address.startsWith(`${type}/`) ? [held] : []));
  }
}

const mapper = new Mapper();

function openShelf() {
  const shelf = new Shelf();
  const types = [
    'Patient',
    'Encounter',
    'DiagnosticReport',
    'ServiceRequest',
    'MedicationRequest',
    'Practitioner',
    'Organization',
    'Location',
    'Observation',
  ];
  const owners = new ResourceOwners([{ name: 'all', types }]);
  const messenger = shelf as unknown as Messenger;
  const apply = new ApplyResources(
    messenger,
    owners,
    new ResolveIdentities(messenger, owners, { localReference }),
  );
  const take = (event: string, ...segments: string[]) => {
    const header = `MSH|^~\\&|REG|NORTH|||20260301080000+0000||${event}|1|P|2.5.1`;
    const { resources } = mapper.map(parseMessage([header, ...segments].join('\r')));
    return apply.apply({} as Caller, resources, 'urn:test');
  };
  return { shelf, take };
}

const person = (number: string, name = 'Doe^Jane') => `PID|1||${number}^^^NORTH^MR||${name}`;
const order = (medication: string) => ['ORC|NW|R1^NORTH', `RXE||${medication}^L|5||mg`];

describe('a message whose number is known', () => {
  it('is refused with the field of the number where that is another patient’s, and nothing of it is written', async () => {
    const { shelf, take } = openShelf();
    await take('RDE^O11', person('320'), ...order('1^Warfarin'));
    const before = shelf.written.length;
    await expect(take('RDE^O11', person('321'), ...order('2^Insulin'))).rejects.toMatchObject({
      code: '205',
      location: { segment: 'ORC', field: 2 },
    });
    expect(shelf.written).toHaveLength(before);
    expect(shelf.all('MedicationRequest')).toMatchObject([
      { medicationCodeableConcept: { coding: [{ display: 'Warfarin' }] } },
    ]);
  });

  it('is refused for a stay, too', async () => {
    const { take } = openShelf();
    const stay = `PV1|1|I|W1^1^A^NORTH${'|'.repeat(16)}V1^^^NORTH^VN`;
    await take('ADT^A01', person('320'), stay);
    await expect(take('ADT^A01', person('321'), stay)).rejects.toMatchObject({
      code: '205',
      location: { segment: 'PV1', field: 19 },
    });
  });

  it('goes on with what is of somebody who was merged into the patient since', async () => {
    const { shelf, take } = openShelf();
    await take('RDE^O11', person('66'), ...order('1^Warfarin'));
    await take('ADT^A40', person('77'), 'MRG|66^^^NORTH^MR');
    await take('RDE^O11', person('77'), ...order('2^Insulin'));
    const [survivor] = shelf.all('Patient').filter(({ active }) => active !== false);
    expect(shelf.all('MedicationRequest')).toMatchObject([
      {
        medicationCodeableConcept: { coding: [{ display: 'Insulin' }] },
        subject: { reference: `Patient/${String(survivor?.['id'])}` },
      },
    ]);
  });
});

describe('a message about a stay', () => {
  const told = (at: string, until = '') => [
    `EVN||20260301${at}+0000`,
    person('1'),
    `PV1|1|I|W1^1^A^NORTH${'|'.repeat(16)}V1^^^NORTH^VN${'|'.repeat(25)}202603010800+0000|${until}`,
  ];

  it('that is older than the discharge is taken, and leaves the stay as it is', async () => {
    const { shelf, take } = openShelf();
    await take('ADT^A01', ...told('0800'));
    await take('ADT^A03', ...told('1000', '202603011000+0000'));
    const [before] = shelf.all('Encounter');
    expect((await take('ADT^A02', ...told('0900'))).issues).toMatchObject([{ location: 'EVN[1]-2' }]);
    expect(shelf.all('Encounter')).toEqual([before]);
    expect((await take('ADT^A11', ...told('0700'))).issues).toHaveLength(1);
    expect(shelf.all('Encounter')).toEqual([before]);
  });

  it('that would take it up again after its end is refused with the field of its number, until it is A13', async () => {
    const { shelf, take } = openShelf();
    await take('ADT^A01', ...told('0800'));
    await take('ADT^A03', ...told('1000', '202603011000+0000'));
    await expect(take('ADT^A01', ...told('1100'))).rejects.toMatchObject({
      code: '205',
      location: { segment: 'PV1', field: 19 },
    });
    expect(shelf.all('Encounter')).toMatchObject([{ status: 'finished' }]);
    await take('ADT^A13', ...told('1200'));
    await take('ADT^A02', ...told('1300'));
    expect(shelf.all('Encounter')).toMatchObject([{ status: 'in-progress' }]);
  });
});

describe('a message of many results', () => {
  it('is read and written in parts', async () => {
    const { shelf, take } = openShelf();
    const observed = (_: unknown, at: number) => `OBX|${at + 1}|NM|C${at}^x^L||${at}|1|||||F`;
    const results = Array.from({ length: 1_100 }, observed);
    await take('ORU^R01', person('1'), 'OBR|1||F1^LAB|1^Panel^L', ...results);
    expect(shelf.all('Observation')).toHaveLength(1_100);
    expect(shelf.mostAsked).toBe(1_000);
  });
});
