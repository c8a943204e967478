import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type House, type Json } from '#platform/testing';

/** The most processes of a house start together, and a machine may have but two cores. */
const startsWithinMs = 240_000;

interface Bundle {
  readonly entry?: readonly { readonly resource?: Json }[];
}

const patient = (family: string, more: Json = {}) => ({
  resourceType: 'Patient',
  name: [{ family }],
  ...more,
});
const observation = (subject: string, more: Json = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: subject },
  ...more,
});
const transaction = (entry: readonly object[]) => ({ resourceType: 'Bundle', type: 'transaction', entry });

describe('a transaction', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  }, startsWithinMs);
  afterAll(() => house?.stop());

  it('resolves what its entries call each other: by UUID in any letter case, and below their base', async () => {
    const far = (reference: string) => `https://far.example/fhir/${reference}`;
    const uuid = 'urn:uuid:00000000-0000-4000-8000-00000000000a';
    const { status, body } = await house.fhir.post<Bundle>(
      '',
      transaction([
        {
          fullUrl: far('Observation/8'),
          resource: observation('Patient/9'),
          request: { method: 'POST', url: 'Observation' },
        },
        {
          fullUrl: far('Patient/9'),
          resource: patient('Far', { link: [{ type: 'seealso', other: { reference: far('Patient/10') } }] }),
          request: { method: 'POST', url: 'Patient' },
        },
        {
          fullUrl: far('Patient/10'),
          resource: patient('Further', { id: 'moved' }),
          request: { method: 'PUT', url: 'Patient/moved' },
        },
        { fullUrl: uuid, resource: patient('Upper'), request: { method: 'POST', url: 'Patient' } },
        { resource: observation(uuid.toUpperCase()), request: { method: 'POST', url: 'Observation' } },
        { resource: observation('Patient/9'), request: { method: 'POST', url: 'Observation' } },
      ]),
    );
    expect([status, status === 200 ? '' : body]).toEqual([200, '']);
    const stored = body.entry!.map(({ resource }) => resource!);
    expect(stored[0]).toMatchObject({ subject: { reference: `Patient/${String(stored[1]!['id'])}` } });
    expect(stored[1]).toMatchObject({ link: [{ other: { reference: 'Patient/moved' } }] });
    expect(stored[4]).toMatchObject({ subject: { reference: `Patient/${String(stored[3]!['id'])}` } });
    expect(stored[5]).toMatchObject({ subject: { reference: 'Patient/9' } });
  });

  const notSent = 'URN:UUID:00000000-0000-4000-8000-0000000000ff';
  const stay = { resourceType: 'Encounter', id: 'over', class: { code: 'IMP' } };
  it.each([
    ['a reference to an entry that is not there', observation(notSent), 422, '.resource.subject.reference'],
    ['a wrong status', observation('Patient/a', { status: 'wrong' }), 422, '.resource.status'],
    ['a rule of care', { ...stay, status: 'planned' }, 422, '.resource.status'],
    ['a conditional reference', observation('Patient?identifier=1'), 400, ''],
    ['a version that is not current', { ...patient('Last'), id: 'a' }, 412, ''],
  ])('that fails for %s names the entry', async (_what, resource, expected, path) => {
    await house.fhir.put('Encounter/over', { ...stay, status: 'finished' });
    const update = 'id' in resource && {
      method: 'PUT',
      url: `${resource.resourceType}/${String(resource.id)}`,
    };
    const { status, body } = await house.fhir.post<Bundle & { issue: object[] }>(
      '',
      transaction([
        { request: { method: 'GET', url: 'Patient?family=there-is-none' } },
        { resource: patient('First'), request: { method: 'POST', url: 'Patient' } },
        {
          resource,
          request: update
            ? { ...update, ...(expected === 412 ? { ifMatch: 'W/"77"' } : {}) }
            : { method: 'POST', url: resource.resourceType },
        },
      ]),
    );
    expect(status).toBe(expected);
    expect(body.issue).toEqual([expect.objectContaining({ expression: [`Bundle.entry[2]${path}`] })]);
    expect((await house.fhir.get<Bundle>('Patient?family=First')).body.entry).toBeUndefined();
  });
});
