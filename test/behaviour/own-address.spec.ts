import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, openHouse, type House, type Json } from '#platform/testing';

/** The most processes of a house start together, and a machine may have but two cores. */
const startsWithinMs = 240_000;

interface Bundle {
  readonly link: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly { readonly fullUrl?: string; readonly resource: Json }[];
}

/** https://hl7.org/fhir/R4/references.html#literal : below its own base, a reference is the installation's own. */
describe('a reference that is written out with the address of the installation', () => {
  let house: House;
  /** The address of a resource, as this installation's Bundles tell it. */
  let own: (reference: string) => string;

  beforeAll(async () => {
    house = await openHouse();
    own = (reference) => `${house.publicUrl}/fhir/R4/${reference}`;
    const patient = { reference: own('Patient/alma') };
    const code = { text: 'Aspirin' };
    await house.put({ resourceType: 'Patient', id: 'alma', birthDate: '1950-03-01' });
    await house.put({ resourceType: 'Observation', id: 'far', status: 'final', code, subject: patient });
    const near = { reference: 'Patient/alma' };
    await house.put({ resourceType: 'Observation', id: 'near', status: 'final', code, subject: near });
    await house.put({
      resourceType: 'MedicationStatement',
      id: 'aspirin',
      status: 'active',
      medicationCodeableConcept: code,
      subject: patient,
    });
  }, startsWithinMs);
  afterAll(() => house?.stop());

  async function found(address: string, client = house.fhir): Promise<string[]> {
    const { body } = await client.get<Bundle>(address);
    return (body.entry ?? []).map(
      ({ resource }) => `${String(resource['resourceType'])}/${String(resource['id'])}`,
    );
  }

  it('is found like a relative one, and finds what has a relative one', async () => {
    const both = ['Observation/far', 'Observation/near'];
    expect(await found('Observation?subject=Patient/alma&_sort=_id')).toEqual(both);
    const written = encodeURIComponent(own('Patient/alma'));
    expect(await found(`Observation?subject=${written}&_sort=_id`)).toEqual(both);
    expect(await found('Observation?_id=far&_include=Observation:subject')).toContain('Patient/alma');
    expect(await found('Patient?_id=alma&_revinclude=Observation:subject')).toContain('Observation/far');
  });

  it('belongs to the patient: in $everything, in the history of medications, and for who may see only them', async () => {
    expect(await found('Patient/alma/$everything')).toEqual(
      expect.arrayContaining(['Observation/far', 'MedicationStatement/aspirin']),
    );
    expect(await found('Patient/alma/$medication-history')).toContain('MedicationStatement/aspirin');
    const almas = await house.clientWith(['patient/*.rs'], ['alma']);
    expect(await found('Observation?_id=far', almas)).toEqual(['Observation/far']);
  });

  it('names the patient of a stay', async () => {
    const stay = (status: string): Json => ({
      resourceType: 'Encounter',
      id: 'own-stay',
      status,
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
      subject: { reference: own('Patient/alma') },
    });
    await house.put(stay('in-progress'));
    await house.put(stay('finished'));
    await eventually(async () => {
      const references = await house.fhir.get<Bundle>('DocumentReference?encounter=Encounter/own-stay');
      const [reference] = (references.body.entry ?? []).map(({ resource }) => JSON.stringify(resource));
      const [document = 'Bundle/none'] = /Bundle\/[^"]+/.exec(reference ?? '') ?? [];
      const { body } = await house.fhir.get<Bundle>(document);
      const parts = (body.entry ?? []).map(({ resource }) => resource['resourceType']);
      if (!parts.includes('Patient')) throw new Error(`the document holds ${parts.join(', ')}`);
    });
  });

  it('is the address that every answer gives, whatever host the client names', async () => {
    const { body } = await house.fhir.get<Bundle>('Observation?_count=1', {
      headers: { 'x-forwarded-host': 'elsewhere.example' },
    });
    expect(body.link.map(({ relation }) => relation)).toEqual(['self', 'next']);
    for (const { url } of body.link) expect(url.startsWith(own('Observation?'))).toBe(true);
    expect(body.entry![0]!.fullUrl).toBe(own(`Observation/${String(body.entry![0]!.resource['id'])}`));
    const next = await house.fhir.get<Bundle>(body.link[1]!.url);
    expect(next.body.entry).toHaveLength(1);
    const { headers } = await house.fhir.post('Patient', { resourceType: 'Patient' });
    expect(headers.get('location')).toMatch(own('Patient/'));
  });
});
