import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type House, type Json } from '#platform/testing';

interface Bundle {
  readonly entry?: readonly { readonly resource: Json }[];
}

describe('a patient and their medication', () => {
  let house: House;
  let patient: Json;

  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house?.stop());

  it('is ready, and open to nobody without a token', async () => {
    expect((await house.stranger().get('/health/ready')).status).toBe(200);
    expect((await house.stranger().get('Patient/1')).status).toBe(401);
    expect((await house.stranger().get('/health/contexts')).status).toBe(401);
  });

  it('stores a patient and gives it back', async () => {
    const created = await house.fhir.post('Patient', {
      resourceType: 'Patient',
      name: [{ family: 'Umeh', given: ['Ada'] }],
      birthDate: '1954-03-02',
    });
    expect(created.status).toBe(201);
    patient = created.body;
    const read = await house.fhir.get(`Patient/${String(patient['id'])}`);
    expect(read.status).toBe(200);
    expect(read.body).toMatchObject({
      resourceType: 'Patient',
      birthDate: '1954-03-02',
      meta: { versionId: '1' },
    });
    expect(read.headers.get('etag')).toBe('W/"1"');
  });

  it('finds the patient by name and day of birth', async () => {
    const found = await house.fhir.get<Bundle>('Patient?family=umeh&birthdate=1954-03-02');
    expect(found.status).toBe(200);
    expect(found.body.entry?.map(({ resource }) => resource['id'])).toEqual([patient['id']]);
  });

  it('keeps a prescription that another context owns, and finds it by its patient', async () => {
    const subject = { reference: `Patient/${String(patient['id'])}` };
    const order = {
      resourceType: 'MedicationRequest',
      status: 'active',
      intent: 'order',
      subject,
      medicationCodeableConcept: { text: 'Ramipril 5 mg' },
    };
    const created = await house.fhir.post('MedicationRequest', order);
    expect(created.status).toBe(201);
    const found = await house.fhir.get<Bundle>(`MedicationRequest?patient=${String(patient['id'])}`);
    expect(found.body.entry?.map(({ resource }) => resource['id'])).toEqual([created.body['id']]);
  });

  it('updates only the version the client has seen', async () => {
    const path = `Patient/${String(patient['id'])}`;
    const changed = { ...patient, active: true };
    expect((await house.fhir.put(path, changed, { headers: { 'if-match': 'W/"1"' } })).status).toBe(200);
    expect((await house.fhir.put(path, changed, { headers: { 'if-match': 'W/"1"' } })).status).toBe(412);
  });

  it('tells a stranger what it can, and that is true', async () => {
    const { status, body } = await house
      .stranger()
      .get<{ rest: { resource: { type: string; searchParam: { name: string }[] }[] }[] }>('metadata');
    expect(status).toBe(200);
    const resources = body.rest[0]!.resource;
    expect(resources.length).toBeGreaterThan(140);
    const probed = resources.filter((_, index) => index % 20 === 0);
    for (const { type, searchParam } of probed) {
      expect((await house.fhir.get(`${type}?_count=1`)).status).toBe(200);
      expect(searchParam.map(({ name }) => name)).toContain('_lastUpdated');
    }
  });
});
