import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openContextDatabase, partUrl, type OpenContextDatabase } from '#platform/database';
import { eventually, openHouse, type House } from '#platform/testing';

/** Rounds of killing; SEPTUM_TEST_TRANSACTION_ROUNDS for more. */
const rounds = Number(process.env['SEPTUM_TEST_TRANSACTION_ROUNDS'] ?? 4);

let house: House;
let home: OpenContextDatabase;
beforeAll(async () => {
  house = await openHouse({ topology: 'medications-out' });
  home = openContextDatabase({ url: partUrl(house.database, 'edge'), context: 'edge' });
});
afterAll(async () => {
  await home?.close();
  await house?.stop();
});

const bundle = (mark: string) => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    {
      fullUrl: `urn:uuid:${randomUUID()}`,
      resource: { resourceType: 'Patient', id: mark, name: [{ family: mark }] },
      request: { method: 'PUT', url: `Patient/${mark}` },
    },
    {
      resource: {
        resourceType: 'MedicationRequest',
        id: mark,
        status: 'active',
        intent: 'order',
        subject: { reference: `Patient/${mark}` },
        medicationCodeableConcept: { text: 'x' },
      },
      request: { method: 'PUT', url: `MedicationRequest/${mark}` },
    },
  ],
});

const prepared = async () =>
  (
    await home.query<{ gid: string }>('*', {
      text: 'select gid from pg_prepared_xacts where database = current_database()',
    })
  ).length;

/** What is there, once its part answers again: it was killed a moment ago. */
const found = (type: string, id: string) =>
  eventually(async () => {
    const answer = await house.fhir.get(`${type}/${id}`);
    expect(answer.status).not.toBe(503);
    return answer;
  });

describe('a transaction whose coordinator or participant is killed', () => {
  it(`is whole or absent afterwards, ${rounds} rounds`, async () => {
    const partial: string[] = [];
    const lost: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const marks = Array.from({ length: 8 }, () => `m${randomUUID()}`);
      // The edge and the contexts beside it are one process here: killing it takes the coordinator and a participant.
      const victim = round % 2 === 0 ? 'edge' : 'medications';
      const url = house.url;
      const token = await house.clientWith(['system/*.cruds']);
      const acknowledged = new Set<string>();
      const sent = marks.map(async (mark) => {
        const answer = await token.post('', bundle(mark)).catch(() => undefined);
        if (answer?.status === 200) acknowledged.add(mark);
      });
      await sleep(20 + 40 * round);
      await house.kill(victim);
      await house.restart(victim);
      await Promise.all(sent);
      expect(url).toBe(house.url);
      await eventually(async () => expect(await prepared()).toBe(0));
      for (const mark of marks) {
        const [patient, order] = await Promise.all([
          found('Patient', mark),
          found('MedicationRequest', mark),
        ]);
        if (patient.status !== order.status) partial.push(`${victim} ${patient.status} ${order.status}`);
        if (acknowledged.has(mark) && patient.status !== 200) lost.push(`${victim} ${patient.status}`);
      }
    }
    expect({ partial, lost }).toEqual({ partial: [], lost: [] });
  });
});

describe('a transaction that was prepared and then abandoned', () => {
  it('is rolled back within seconds, and what it locked is free again', async () => {
    const mark = `a${randomUUID()}`;
    await house.fhir.put(`MedicationRequest/${mark}`, bundle(mark).entry[1]!.resource);
    const abandoned = openContextDatabase({
      url: partUrl(house.database, 'medications'),
      context: 'medications',
    });
    try {
      await abandoned.prepared.prepare(randomUUID(), '*', async (transaction) => {
        await transaction.query({ text: 'select 1 from medications.resource for update' });
      });
      expect(await prepared()).toBe(1);
      await eventually(async () => expect(await prepared()).toBe(0));
      expect(
        (await house.fhir.put(`MedicationRequest/${mark}`, bundle(mark).entry[1]!.resource)).status,
      ).toBe(200);
    } finally {
      await abandoned.close();
    }
  });
});

describe('a transaction that takes long', () => {
  it('is not taken for abandoned while its coordinator lives', async () => {
    const mark = `l${randomUUID()}`;
    const operator = new pg.Client({ connectionString: house.database });
    await operator.connect();
    // The last participant needs longer than a prepared transaction is left alone.
    await operator.query(`
      create function patients.dawdle() returns trigger language plpgsql as 'begin perform pg_sleep(7); return new; end';
      create trigger dawdle before insert on patients.resource for each row when (new.id = '${mark}') execute function patients.dawdle()`);
    try {
      expect((await house.fhir.post('', bundle(mark))).status).toBe(200);
      for (const type of ['Patient', 'MedicationRequest'])
        expect((await house.fhir.get(`${type}/${mark}`)).status).toBe(200);
    } finally {
      await operator.query('drop function patients.dawdle cascade');
      await operator.end();
    }
  });
});

describe('a decision', () => {
  it('to commit is not taken for carried out by a participant that knows nothing of it', async () => {
    const decided = async (decision: string) => {
      const id = randomUUID();
      await home.query('*', {
        text: `insert into edge.transaction_decision (transaction_id, decision, participants, decided_at)
               values ($1, $2, '{medications}', now() - interval '2 seconds')`,
        values: [id, decision],
      });
      return id;
    };
    const lost = await decided('commit');
    const ended = await decided('rollback');
    const finished = async (id: string) =>
      (
        await home.query<{ at: unknown }>('*', {
          text: 'select finished_at as at from edge.transaction_decision where transaction_id = $1',
          values: [id],
        })
      )[0]?.at;
    // Recovery takes the older one first: when the younger one is finished, it has been there.
    await eventually(async () => expect(await finished(ended)).not.toBeNull());
    expect(await finished(lost)).toBeNull();
  });
});
