import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, openHouse, type House, type Json } from '#platform/testing';

describe('a part that is killed', () => {
  let house: House;
  let order: Json;
  let patient: Json;

  beforeAll(async () => {
    house = await openHouse();
    patient = (await house.fhir.post('Patient', { resourceType: 'Patient', name: [{ family: 'Nkemelu' }] }))
      .body;
    const subject = { reference: `Patient/${String(patient['id'])}` };
    order = (
      await house.fhir.post('MedicationRequest', {
        resourceType: 'MedicationRequest',
        status: 'active',
        intent: 'order',
        subject,
        medicationCodeableConcept: { text: 'Amlodipine 5 mg' },
      })
    ).body;
  });
  afterAll(() => house?.stop());

  it('comes back with everything it had acknowledged', async () => {
    await house.kill('medications');
    await house.restart('medications');
    const read = await house.fhir.get(`MedicationRequest/${String(order['id'])}`);
    expect(read.status).toBe(200);
    expect(read.body).toEqual(order);
    expect((await house.fhir.get(`Patient/${String(patient['id'])}`)).body).toEqual(patient);
  });

  it('takes writes again', async () => {
    await house.kill('medications');
    await house.restart('medications');
    await eventually(async () => {
      const changed = { ...order, status: 'stopped' };
      const { status } = await house.fhir.put(`MedicationRequest/${String(order['id'])}`, changed);
      expect(status).toBe(200);
    });
  });
});
