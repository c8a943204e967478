import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type House, type Json } from '#platform/testing';

interface Parameters {
  readonly parameter: readonly {
    readonly name: string;
    readonly valueUnsignedInt?: number;
    readonly part?: readonly { readonly valueUnsignedInt?: number; readonly resource?: Json }[];
  }[];
}

function collection(...resources: readonly object[]) {
  return { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) };
}

function countsOf({ parameter }: Parameters) {
  return Object.fromEntries(
    parameter
      .filter(({ part }) => part === undefined)
      .map(({ name, valueUnsignedInt }) => [name, valueUnsignedInt]),
  );
}

describe('the operation $import', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house?.stop());

  const patient = { resourceType: 'Patient', id: 'kept', birthDate: '1954-03-02' };
  const order = {
    resourceType: 'MedicationRequest',
    id: 'kept',
    status: 'active',
    intent: 'order',
    subject: { reference: 'Patient/kept' },
    medicationCodeableConcept: { text: 'Heparin' },
  };

  it('stores resources of several contexts under their ids, and the same again changes nothing', async () => {
    const first = await house.fhir.post<Parameters>('$import', collection(patient, order));
    expect([first.status, countsOf(first.body)]).toEqual([200, { created: 2, updated: 0, unchanged: 0 }]);
    expect((await house.fhir.get('MedicationRequest/kept')).body).toMatchObject({
      ...order,
      meta: { versionId: '1' },
    });
    const second = await house.fhir.post<Parameters>('$import', collection(patient, order));
    expect(countsOf(second.body)).toEqual({ created: 0, updated: 0, unchanged: 2 });
    const third = await house.fhir.post<Parameters>(
      '$import',
      collection({ ...patient, birthDate: '1954-03-03' }, order),
    );
    expect(countsOf(third.body)).toEqual({ created: 0, updated: 1, unchanged: 1 });
    expect((await house.fhir.get('Patient/kept')).body).toMatchObject({
      birthDate: '1954-03-03',
      meta: { versionId: '2' },
    });
  });

  it('rejects what is invalid, with its place and the reason, and stores the rest', async () => {
    const wrong = { ...order, id: 'wrong', status: 'maybe' };
    const nameless = { resourceType: 'Patient' };
    const { status, body } = await house.fhir.post<Parameters>(
      '$import',
      collection(wrong, { ...patient, id: 'beside' }, nameless),
    );
    expect([status, countsOf(body)]).toEqual([200, { created: 1, updated: 0, unchanged: 0 }]);
    const rejected = body.parameter
      .filter(({ name }) => name === 'rejected')
      .map(({ part }) => [part![0]!.valueUnsignedInt, part![1]!.resource]);
    expect(rejected).toHaveLength(2);
    expect(rejected).toContainEqual([
      0,
      expect.objectContaining({
        issue: [expect.objectContaining({ expression: ['MedicationRequest.status'] })],
      }),
    ]);
    expect(rejected).toContainEqual([2, expect.objectContaining({ resourceType: 'OperationOutcome' })]);
    expect((await house.fhir.get('MedicationRequest/wrong')).status).toBe(404);
    expect((await house.fhir.get('Patient/beside')).status).toBe(200);
  });

  it('stores what the caller may write, and rejects the rest one by one', async () => {
    const observation = (id: string, subject: string) => ({
      resourceType: 'Observation',
      id,
      status: 'final',
      code: { text: 'x' },
      subject: { reference: `Patient/${subject}` },
    });
    const entries = [observation('hers', 'kept'), observation('not-hers', 'someone-else'), order];
    const codes = ({ parameter }: Parameters) =>
      parameter
        .filter(({ name }) => name === 'rejected')
        .map(({ part }) => [
          part![0]!.valueUnsignedInt,
          (part![1]!.resource as unknown as { issue: { code: string }[] }).issue[0]!.code,
        ])
        .sort();
    const confined = await house.clientWith(['patient/*.cruds'], ['kept']);
    const hers = await confined.post<Parameters>('$import', collection(...entries));
    expect([hers.status, codes(hers.body)]).toEqual([200, [[1, 'forbidden']]]);
    expect((await house.fhir.get('Observation/hers')).status).toBe(200);
    expect((await house.fhir.get('Observation/not-hers')).status).toBe(404);
    const narrow = await house.clientWith(['system/MedicationRequest.u']);
    const orders = await narrow.post<Parameters>('$import', collection(...entries));
    expect([orders.status, codes(orders.body)]).toEqual([
      200,
      [
        [0, 'forbidden'],
        [1, 'forbidden'],
      ],
    ]);
    expect(countsOf(orders.body)).toMatchObject({ created: 0, unchanged: 1 });
  });

  it('rejects an id that R4 does not allow without stopping the others', async () => {
    const strange = [
      { ...patient, id: 'x'.repeat(65) },
      { ...patient, id: 'a\u0000b' },
    ];
    const { status, body } = await house.fhir.post<Parameters>(
      '$import',
      collection(...strange, { ...patient, id: 'next' }),
    );
    expect([status, countsOf(body)]).toEqual([200, { created: 1, updated: 0, unchanged: 0 }]);
    expect(body.parameter.filter(({ name }) => name === 'rejected')).toHaveLength(2);
  });

  it('does not run the rules of care: what happened elsewhere is not refused here', async () => {
    const stay = {
      resourceType: 'Encounter',
      id: 'moved',
      class: { code: 'IMP' },
      subject: { reference: 'Patient/kept' },
    };
    await house.fhir.post('$import', collection({ ...stay, status: 'finished' }));
    const { body } = await house.fhir.post<Parameters>('$import', collection({ ...stay, status: 'planned' }));
    expect(countsOf(body)).toEqual({ created: 0, updated: 1, unchanged: 0 });
  });

  it('is open only to who may write, and only by POST', async () => {
    const reader = await house.clientWith(['system/*.rs']);
    expect((await reader.post('$import', collection({ ...patient, id: 'mine' }))).status).toBe(403);
    expect((await house.stranger().post('$import', collection(patient))).status).toBe(401);
    expect((await house.fhir.get('$import')).status).toBe(405);
    expect((await house.fhir.get('Patient/mine')).status).toBe(404);
  });

  it('refuses a body that is no Bundle, or too many entries', async () => {
    expect((await house.fhir.post('$import', patient)).status).toBe(400);
    const many = Array.from({ length: 1_001 }, (_, index) => ({ ...patient, id: `p${index}` }));
    expect((await house.fhir.post('$import', collection(...many))).status).toBe(413);
  });
});
