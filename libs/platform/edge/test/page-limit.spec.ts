import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type House, type Json } from '#platform/testing';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.stop());

describe('a page that would be larger than 8 MB', () => {
  it('is refused, whether matches, inclusions or versions fill it, and asked for twice counts once', async () => {
    const { body: held } = await house.fhir.post<Json & { id: string }>('Patient', {
      resourceType: 'Patient',
    });
    const note = Array.from({ length: 3 }, () => ({ text: 'x'.repeat(1_000_000) }));
    const large = {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'Large' },
      subject: { reference: `Patient/${held.id}` },
      note,
    };
    const { body: first } = await house.fhir.post<Json & { id: string }>('Observation', large);
    const search = `Patient?_id=${held.id}${'&_revinclude=Observation:subject'.repeat(20)}`;
    expect((await house.fhir.get(search)).status).toBe(200);
    for (const value of [1, 2]) {
      await house.fhir.post('Observation', large);
      await house.fhir.put(`Observation/${first.id}`, { ...large, id: first.id, valueInteger: value });
    }
    for (const path of [
      search,
      `Observation?subject=Patient/${held.id}`,
      `Observation/${first.id}/_history`,
    ]) {
      const { status, body } = await house.fhir.get(path);
      expect(status).toBe(413);
      expect(JSON.stringify(body)).toContain('smaller _count');
    }
    expect((await house.fhir.get(`Observation/${first.id}/_history?_count=1`)).status).toBe(200);
  });
});
