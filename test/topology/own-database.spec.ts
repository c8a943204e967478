import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openHouse, openHouseDatabase, type House, type HouseDatabase } from '#platform/testing';

/** What only those can see who know the topology: a part keeps its data in a database of its own. */
describe('medications in its own process, on its own database', () => {
  let house: House;
  let own: HouseDatabase;

  beforeAll(async () => {
    own = await openHouseDatabase({ migrated: false });
    house = await openHouse({
      topology: 'medications-out',
      settings: { SEPTUM_MEDICATIONS_DATABASE_URL: own.url },
    });
  });
  afterAll(async () => {
    await house?.stop();
    await own?.drop();
  });

  const order = (id: string) => ({
    resourceType: 'MedicationRequest',
    id,
    status: 'active',
    intent: 'order',
    subject: { reference: 'Patient/ada' },
    medicationCodeableConcept: { text: 'Metformin 500 mg' },
  });
  /** None where there is no table either: a database that was never shared has none of medications. */
  const rowsIn = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const table = await client.query<{ is: boolean }>(
        `select to_regclass('medications.resource') is not null as is`,
      );
      if (table.rows[0]?.is !== true) return [];
      const { rows } = await client.query<{ id: string }>('select id from medications.resource order by id');
      return rows.map(({ id }) => id);
    } finally {
      await client.end();
    }
  };

  it('keeps what it owns there and nowhere else', async () => {
    expect((await house.fhir.put('MedicationRequest/one', order('one'))).status).toBe(201);
    expect((await house.fhir.get('MedicationRequest/one')).body).toMatchObject(order('one'));
    expect(await rowsIn(own.url)).toEqual(['one']);
    expect(await rowsIn(house.database)).toEqual([]);
  });

  it('is part of a transaction over both databases, wholly or not at all', async () => {
    const bundle = (patient: object) => ({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: order('two'), request: { method: 'PUT', url: 'MedicationRequest/two' } },
        { resource: patient, request: { method: 'PUT', url: 'Patient/ada', ifMatch: 'W/"7"' } },
      ],
    });
    const ada = { resourceType: 'Patient', id: 'ada', name: [{ family: 'Sato' }] };
    expect((await house.fhir.post('', bundle(ada))).status).toBe(412);
    expect(await rowsIn(own.url)).toEqual(['one']);
    await house.fhir.put('Patient/ada', ada);
    const [, patient] = bundle(ada).entry;
    const good = {
      ...bundle(ada),
      entry: [bundle(ada).entry[0], { ...patient, request: { method: 'PUT', url: 'Patient/ada' } }],
    };
    expect((await house.fhir.post('', good)).status).toBe(200);
    expect(await rowsIn(own.url)).toEqual(['one', 'two']);
  });

  it('tells how it is to whoever has a token of the installation', async () => {
    const { status, body } = await house
      .clientOf('medications')
      .get<{ contexts: { part: string }[] }>('/health/contexts');
    expect(status).toBe(200);
    expect(body.contexts.map(({ part }) => part)).toContain('medications');
  });
});
