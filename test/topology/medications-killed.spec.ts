import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, openHouse, slowdown, type House, type Json } from '#platform/testing';

interface Bundle {
  readonly entry?: readonly { readonly resource: Json }[];
}

/** What only those can see who know the topology: a part in a process of its own is gone, the rest is not. */
describe('medications in its own process, killed', () => {
  let house: House;
  let id: string;

  beforeAll(async () => {
    house = await openHouse({ topology: 'medications-out' });
    const patient = await house.fhir.post('Patient', { resourceType: 'Patient', name: [{ family: 'Sato' }] });
    id = String(patient.body['id']);
    await house.fhir.post('MedicationRequest', {
      resourceType: 'MedicationRequest',
      status: 'active',
      intent: 'order',
      subject: { reference: `Patient/${id}` },
      medicationCodeableConcept: { text: 'Metformin 500 mg' },
    });
    await house.kill('medications');
  });
  afterAll(() => house?.stop());

  it('answers 503 with Retry-After and an OperationOutcome for its own types', async () => {
    const { status, headers, body } = await house.fhir.get(`MedicationRequest?patient=${id}`);
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(body).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ severity: 'error' }] });
  });

  it('fails no request to another context', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => house.fhir.get(`Patient/${id}`)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(
      (
        await house.fhir.post('Condition', {
          resourceType: 'Condition',
          subject: { reference: `Patient/${id}` },
        })
      ).status,
    ).toBe(201);
    expect((await house.stranger().get('/health/ready')).status).toBe(200);
  });

  it('gives everything else of a patient, and says that it is not all', async () => {
    const { status, body } = await house.fhir.get<Bundle>(`Patient/${id}/$everything`);
    expect(status).toBe(200);
    const types = body.entry?.map(({ resource }) => resource['resourceType']);
    expect(types).toContain('Patient');
    expect(types).toContain('OperationOutcome');
    expect(types).not.toContain('MedicationRequest');
  });

  it('tells where it is missing', async () => {
    // What the parts say of themselves is remembered for half a second.
    const contexts = await eventually(async () => {
      const { body } = await house.fhir.get<{ contexts: Json[] }>('/health/contexts');
      const found = body.contexts.find(({ part }) => part === 'medications');
      if (found?.['placement'] !== 'nowhere') throw new Error('medications still answers');
      return body.contexts;
    });
    expect(contexts.find(({ part }) => part === 'medications')).toMatchObject({ state: 'down' });
    expect(contexts.find(({ part }) => part === 'patients')).toMatchObject({
      placement: 'here',
      state: 'ready',
    });
  });

  it('is whole again within five seconds of its restart, on a machine as fast as promised', async () => {
    const before = slowdown();
    const began = Date.now();
    await house.restart('medications');
    const { status, body } = await house.fhir.get<Bundle>(`MedicationRequest?patient=${id}`);
    expect(status).toBe(200);
    expect(body.entry).toHaveLength(1);
    expect(Date.now() - began).toBeLessThan(5_000 * Math.max(before, slowdown()));
    const everything = await house.fhir.get<Bundle>(`Patient/${id}/$everything`);
    expect(everything.body.entry?.map(({ resource }) => resource['resourceType'])).not.toContain(
      'OperationOutcome',
    );
  });
});
