import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type FhirClient, type House, type Json } from '#platform/testing';

/** The most processes of a house start together, and a machine may have but two cores. */
const startsWithinMs = 240_000;

const patient = { resourceType: 'Patient', name: [{ family: 'Keyed' }] };
const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
const entry = (resource: { readonly resourceType: string }) => ({
  resource,
  request: { method: 'POST', url: resource.resourceType },
});

/** Each way to write once, and the id that a client gets for it. */
const ways: [what: string, write: (client: FhirClient, key: string) => Promise<unknown>][] = [
  [
    'a single write',
    async (client, key) =>
      (await client.post('Patient', patient, { headers: { 'idempotency-key': key } })).body['id'],
  ],
  ...(['transaction', 'batch'] as const).map((type): (typeof ways)[number] => [
    `a ${type}`,
    async (client, key) => {
      const bundle = { resourceType: 'Bundle', type, entry: [entry(patient), entry(observation)] };
      const { body } = await client.post<{ entry: { resource: Json }[] }>('', bundle, {
        headers: { 'idempotency-key': key },
      });
      return body.entry[0]!.resource['id'];
    },
  ]),
];

describe('an Idempotency-Key', () => {
  let house: House;
  let ana: FhirClient;
  let anaElsewhere: FhirClient;
  let ben: FhirClient;
  beforeAll(async () => {
    house = await openHouse();
    const as = (subject: string, client: string) =>
      house.clientWith(['system/*.cruds'], undefined, { subject, client });
    ana = await as('client/ana', 'ward');
    anaElsewhere = await as('client/ana', 'laboratory');
    ben = await as('client/ben', 'ward');
  }, startsWithinMs);
  afterAll(() => house?.stop());

  it.each(ways)('makes %s be done once', async (what, write) => {
    const key = `once ${what}`.replaceAll(' ', '-');
    const first = await write(ana, key);
    expect(first).toEqual(expect.any(String));
    expect(await write(ana, key)).toBe(first);
    expect(await write(ana, `${key}-again`)).not.toBe(first);
  });

  it.each(ways)("of %s is one subject's, with one client", async (what, write) => {
    const key = `whose ${what}`.replaceAll(' ', '-');
    const ids = [await write(ana, key), await write(anaElsewhere, key), await write(ben, key)];
    expect(ids).toEqual([expect.any(String), expect.any(String), expect.any(String)]);
    expect(new Set(ids).size).toBe(3);
  });
});
