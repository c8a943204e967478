import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openHouse, type House, type Json } from '#platform/testing';

interface Entry {
  readonly resource?: Json;
  readonly response: { readonly status: string; readonly etag: string };
}

describe('a transaction sent again with its Idempotency-Key', () => {
  let house: House;
  let database: pg.Client;
  beforeAll(async () => {
    house = await openHouse();
    database = new pg.Client({ connectionString: house.database });
    await database.connect();
  });
  afterAll(async () => {
    await database?.end();
    await house?.stop();
  });

  const bundle = (id: string) => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        resource: { resourceType: 'Patient', id, name: [{ family: 'Okonkwo' }] },
        request: { method: 'PUT', url: `Patient/${id}` },
      },
      {
        resource: { resourceType: 'Observation', status: 'final', code: { text: 'Pulse' } },
        request: { method: 'POST', url: 'Observation' },
      },
      { request: { method: 'DELETE', url: `Patient/not-there-${id}` } },
    ],
  });
  const send = async (id: string, headers: Record<string, string> = {}, client = house.fhir) => {
    const { status, body } = await client.post<{ entry: Entry[] }>('', bundle(id), {
      headers: { 'idempotency-key': id, ...headers },
    });
    expect(status).toBe(200);
    return body.entry;
  };
  const readsOf = async (id: string) => {
    const { rows } = await database.query<{ version: number; count: number; patients: string[] }>(
      `select version, count, patients from patients.audit where type = 'Patient' and id = $1 and action = 'R'`,
      [id],
    );
    return rows;
  };

  it('answers as the first time, whatever became of the resources since', async () => {
    const first = await send('ada');
    expect(first[0]?.resource).toMatchObject({ name: [{ family: 'Okonkwo' }], meta: { versionId: '1' } });
    await house.fhir.put('Patient/ada', { resourceType: 'Patient', id: 'ada', name: [{ family: 'Obi' }] });
    expect(await send('ada')).toEqual(first);
    await house.fhir.delete('Patient/ada');
    expect(await send('ada')).toEqual(first);
  });

  it('records that what it wrote leaves once more, and of whom', async () => {
    await send('bola');
    expect(await readsOf('bola')).toEqual([]);
    await send('bola');
    expect(await readsOf('bola')).toEqual([{ version: 1, count: 1, patients: ['bola'] }]);
    await send('bola', { prefer: 'return=minimal' });
    expect(await readsOf('bola')).toHaveLength(1);
  });

  it('keeps nothing of what the resources say beside them', async () => {
    await send('chidi');
    const { rows } = await database.query<{ answer: string }>(
      `select answer from edge.idempotent_answer where key = 'chidi'`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.answer).not.toMatch(/Okonkwo|Pulse/);
  });

  it('gives the resources to none who may write but not read them', async () => {
    const client = await house.clientWith(['system/*.cud']);
    const first = await send('dayo', {}, client);
    const again = await send('dayo', {}, client);
    expect(again.map(({ response }) => response)).toEqual(first.map(({ response }) => response));
    expect(again.some(({ resource }) => resource !== undefined)).toBe(false);
  });
});
