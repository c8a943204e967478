import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type House, type Json } from '#platform/testing';

interface Outcome {
  readonly issue: readonly { readonly code: string; readonly diagnostics: string }[];
}

function encounter(id: string, status: string): Json {
  return {
    resourceType: 'Encounter',
    id,
    status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    subject: { reference: 'Patient/anyone' },
  };
}

describe('the steps of an encounter, over HTTP', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house?.stop());

  it('lead from planned to finished', async () => {
    for (const status of [
      'planned',
      'arrived',
      'triaged',
      'in-progress',
      'onleave',
      'in-progress',
      'finished',
    ]) {
      const { status: code } = await house.fhir.put('Encounter/walk', encounter('walk', status));
      expect([200, 201]).toContain(code);
    }
    expect((await house.fhir.get('Encounter/walk')).body).toMatchObject({
      status: 'finished',
      meta: { versionId: '7' },
    });
  });

  it('are refused when care does not know them, with what may follow, and change nothing', async () => {
    await house.fhir.put('Encounter/over', encounter('over', 'cancelled'));
    const { status, body } = await house.fhir.put<Outcome>(
      'Encounter/over',
      encounter('over', 'in-progress'),
    );
    expect(status).toBe(422);
    expect(body.issue).toMatchObject([
      {
        code: 'business-rule',
        diagnostics:
          'An encounter that is cancelled cannot become in-progress. What may follow cancelled: entered-in-error.',
        expression: ['Encounter.status'],
      },
    ]);
    expect((await house.fhir.get('Encounter/over')).body).toMatchObject({
      status: 'cancelled',
      meta: { versionId: '1' },
    });
  });

  it('are refused inside a transaction too, and with them the whole of it', async () => {
    await house.fhir.put('Encounter/held', encounter('held', 'finished'));
    const entry = (resource: Json) => ({
      resource,
      request: { method: 'PUT', url: `${String(resource['resourceType'])}/${String(resource['id'])}` },
    });
    const { status } = await house.fhir.post('', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [entry({ resourceType: 'Patient', id: 'beside' }), entry(encounter('held', 'planned'))],
    });
    expect(status).toBe(422);
    expect((await house.fhir.get('Patient/beside')).status).toBe(404);
  });
});
