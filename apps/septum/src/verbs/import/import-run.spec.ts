import { describe, expect, it } from '@jest/globals';
import { ImportRun, type ImportTarget } from './import-run.ts';
import type { NotImportable } from './resources-in-text.ts';

/** A server as far as the import sees it: the last text of every resource, and how often each was sent. */
class Shelf implements ImportTarget {
  readonly texts = new Map<string, string>();
  readonly versions = new Map<string, number>();
  readonly #there: readonly string[];

  constructor(...there: readonly string[]) {
    this.#there = there;
  }

  async store(batch: Parameters<ImportTarget['store']>[0]) {
    // The first batch is the slowest, so that whoever overtakes is found out.
    await new Promise((done) => setTimeout(done, this.texts.size === 0 ? 20 : 1));
    const rejected = batch.flatMap(({ text }, index) =>
      text.includes('"bad"') ? [{ index, reasons: ['It is bad.'] }] : [],
    );
    let [created, updated, unchanged] = [0, 0, 0];
    for (const { type, id, text } of batch.filter(
      (_, index) => !rejected.some((each) => each.index === index),
    )) {
      const key = `${type}/${id}`;
      const before = this.texts.get(key);
      if (before === undefined) created++;
      else if (before === text) unchanged++;
      else updated++;
      if (before !== text) this.versions.set(key, (this.versions.get(key) ?? 0) + 1);
      this.texts.set(key, text);
    }
    return { created, updated, unchanged, rejected };
  }

  async current(keys: readonly string[]) {
    const stored = keys.map(
      (key) => [key, this.texts.get(key) ?? (this.#there.includes(key) ? '{}' : undefined)] as const,
    );
    return new Map(stored.filter((each): each is readonly [string, string] => each[1] !== undefined));
  }
}

async function imported(shelf: Shelf, ...texts: readonly (object | string)[]) {
  const rejects: NotImportable[] = [];
  const run = new ImportRun(shelf, { rejected: (what) => rejects.push(what), progress: () => undefined });
  const all = texts.map((each, index) => ({
    text: typeof each === 'string' ? each : JSON.stringify(each),
    place: `file ${index + 1}`,
  }));
  return { counts: await run.run(() => all), rejects };
}

function bundle(...entries: readonly object[]) {
  return { resourceType: 'Bundle', type: 'transaction', entry: entries };
}

function entry(id: string, type: string, more: object = {}) {
  return {
    fullUrl: `urn:uuid:${id}`,
    resource: { resourceType: type, id, ...more },
    request: { method: 'POST', url: type },
  };
}

const [patient, doctor, visit] = [
  '11111111-1111-4111-8111-111111111111',
  '22222222-2222-4222-8222-222222222222',
  '33333333-3333-4333-8333-333333333333',
];

describe('an import', () => {
  it('keeps ids and puts them where references name a full URL, also one further on or in another file', async () => {
    const shelf = new Shelf();
    const encounter = entry(visit, 'Encounter', {
      subject: { reference: `urn:uuid:${patient}` },
      serviceProvider: { reference: `urn:uuid:${doctor}` },
    });
    const { counts } = await imported(
      shelf,
      bundle(encounter, entry(patient, 'Patient')),
      bundle(entry(doctor, 'Organization')),
    );
    expect(JSON.parse(shelf.texts.get(`Encounter/${visit}`)!)).toMatchObject({
      subject: { reference: `Patient/${patient}` },
      serviceProvider: { reference: `Organization/${doctor}` },
    });
    expect(counts).toMatchObject({ resources: 3, distinct: 3, created: 3, unresolved: [], rejected: 0 });
  });

  it('resolves a reference by search among what is imported', async () => {
    const shelf = new Shelf();
    const wanted = { reference: 'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|99' };
    const unknown = { reference: 'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|98' };
    const identifier = [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '99' }];
    const { counts } = await imported(
      shelf,
      bundle(entry(visit, 'Encounter', { participant: [{ individual: wanted }, { individual: unknown }] })),
      bundle(entry(doctor, 'Practitioner', { identifier })),
    );
    expect(JSON.parse(shelf.texts.get(`Encounter/${visit}`)!)).toMatchObject({
      participant: [{ individual: { reference: `Practitioner/${doctor}` } }, { individual: unknown }],
    });
    expect(counts.unresolved).toEqual([unknown.reference]);
  });

  it('keeps and reports a reference that resolves to nothing, but not one to what the server has', async () => {
    const shelf = new Shelf('Location/known');
    const lost = 'urn:uuid:99999999-9999-4999-8999-999999999999';
    const resource = {
      resourceType: 'Encounter',
      id: 'e1',
      subject: { reference: lost },
      location: [
        { location: { reference: 'Location/known' } },
        { location: { reference: 'Location/unknown' } },
      ],
    };
    const { counts } = await imported(shelf, resource);
    expect(JSON.parse(shelf.texts.get('Encounter/e1')!)).toEqual(resource);
    expect(counts.unresolved).toEqual(['Location/unknown', lost]);
  });

  it('makes a further version of what recurs, stores the last last, and changes nothing the second time', async () => {
    const shelf = new Shelf();
    const version = (index: number) => ({ resourceType: 'Basic', id: 'b1', language: `x-${index}` });
    const all = [
      ...Array.from({ length: 30 }, (_, index) => version(index)),
      { resourceType: 'Basic', id: 'b2' },
      { resourceType: 'Basic', id: 'b2' },
    ];
    const first = await imported(shelf, ...all);
    expect(shelf.texts.get('Basic/b1')).toContain('x-29');
    expect(shelf.versions.get('Basic/b1')).toBe(30);
    expect(first.counts).toMatchObject({ resources: 32, distinct: 2, created: 2, updated: 29, unchanged: 1 });
    const second = await imported(shelf, ...all);
    expect(second.counts).toMatchObject({ created: 0, updated: 0, unchanged: 32 });
    expect(shelf.versions.get('Basic/b1')).toBe(30);
  });

  it('goes back to an earlier version when that is what is imported last', async () => {
    const shelf = new Shelf();
    const [one, two] = ['x-1', 'x-2'].map((language) => ({ resourceType: 'Basic', id: 'b1', language }));
    await imported(shelf, one!, two!);
    const { counts } = await imported(shelf, one!);
    expect(counts).toMatchObject({ updated: 1 });
    expect(shelf.texts.get('Basic/b1')).toContain('x-1');
  });

  it('changes nothing the second time', async () => {
    const shelf = new Shelf();
    const nameless =
      '{"resourceType":"Observation","status":"final","code":{"text":"1.10"},"valueQuantity":{"value":1.10}}';
    const all = [
      bundle(entry(patient, 'Patient'), { resource: { resourceType: 'Basic', code: {} } }),
      nameless,
    ];
    const first = await imported(shelf, ...all);
    expect(first.counts).toMatchObject({ created: 3, unchanged: 0 });
    const second = await imported(shelf, ...all);
    expect(second.counts).toMatchObject({ created: 0, updated: 0, unchanged: 3 });
    expect([...shelf.texts.values()].some((text) => text.includes('"value":1.10'))).toBe(true);
  });

  it('says of what it cannot import where it was and why', async () => {
    const { counts, rejects } = await imported(
      new Shelf(),
      '{"resourceType":"Patient",',
      bundle(
        { fullUrl: 'urn:uuid:1', request: { method: 'DELETE', url: 'Patient/1' } },
        entry(patient, 'Patient', { language: 'bad' }),
      ),
      { resourceType: 'Spaceship', id: '1' },
      { resourceType: 'Patient', id: 'not an id' },
    );
    expect(rejects.map(({ place, reasons }) => [place, ...reasons])).toEqual([
      ['file 1', expect.stringContaining('not well-formed')],
      ['file 2 entry 1', 'The entry has no resource.'],
      ['file 3', expect.stringContaining('no resource type of R4')],
      ['file 4', expect.stringContaining('id is not valid')],
      ['file 2 entry 2', 'It is bad.'],
    ]);
    expect(counts).toMatchObject({ rejected: 5, created: 0 });
  });

  it('keeps documents whole and takes an id from a full URL', async () => {
    const shelf = new Shelf();
    await imported(
      shelf,
      { resourceType: 'Bundle', id: 'doc', type: 'document', entry: [entry(patient, 'Composition')] },
      {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          { fullUrl: 'http://elsewhere.example/fhir/Patient/p7', resource: { resourceType: 'Patient' } },
        ],
      },
    );
    expect([...shelf.texts.keys()].toSorted()).toEqual(['Bundle/doc', 'Patient/p7']);
    expect(JSON.parse(shelf.texts.get('Patient/p7')!)).toEqual({ resourceType: 'Patient', id: 'p7' });
  });

  it('takes a Bundle of more entries than a request may have', async () => {
    const entries = Array.from({ length: 10_001 }, (_, index) => ({
      resource: { resourceType: 'Basic', id: `b${index}` },
    }));
    const { counts } = await imported(new Shelf(), bundle(...entries));
    expect(counts).toMatchObject({ created: 10_001, rejected: 0 });
  });

  it('ends when the server fails, whichever batch it was', async () => {
    const shelf = new Shelf();
    shelf.store = async () => Promise.reject(new Error('gone'));
    await expect(imported(shelf, { resourceType: 'Basic', id: 'b1' })).rejects.toThrow('gone');
  });
});
