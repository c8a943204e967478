import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemCaller } from '#platform/access';
import type { CallScope } from '#platform/messaging';
import { CommunicationsController } from '../src/communications.controller.ts';
import { callingOff, CommunicationsOfStay, making } from '../src/communications-of-stay.ts';
import { communicationOf } from '../src/domain/communication.ts';
import { fact } from '../src/domain/fact.ts';
import { builtInRules } from '../src/domain/transition-rules.ts';
import { openTransitions, type TransitionsHouse } from './open-transitions.ts';

const exchange = systemCaller('exchange');
const scope = { traceparent: '', texts: [] } as unknown as CallScope;

let house: TransitionsHouse;
let controller: CommunicationsController;
beforeAll(async () => {
  house = await openTransitions();
  controller = new CommunicationsController(house.store);
});
afterAll(() => house.close());

const bundle = {
  resourceType: 'Bundle',
  id: 'told',
  type: 'document',
  identifier: { value: 'x' },
  timestamp: '2026-03-09T00:00:00Z',
  entry: [
    {
      fullUrl: 'https://septum.invalid/fhir/R4/Basic/b',
      resource: { resourceType: 'Basic', id: 'b', code: { text: 'x' } },
    },
  ],
};

const idOf = (name: string) => house.store.ownId('communication', name);

/** What is to be told to a practice, made as a listener makes it. */
async function due(name: string): Promise<string> {
  const id = idOf(name);
  const { type, text } = communicationOf({
    id,
    category: 'document',
    step: 'discharged',
    topic: 'discharge-document',
    title: 'Discharge summary',
    message: 'notification-discharge',
    rules: builtInRules,
    encounter: fact(JSON.stringify({ resourceType: 'Encounter', id: `stay-${name}` })),
    patient: 'Patient/p',
    occurredAt: Date.UTC(2026, 2, 9),
    bundle: 'told',
    addressee: { recipients: [{ reference: 'Organization/o' }], known: [], endpoint: 'in', key: 'in' },
    hindrance: undefined,
    lacks: [],
  });
  await house.database.transact('*', async (transaction) => {
    await house.store.writeIn(transaction, exchange, making([{ type, id, text }]));
  });
  return id;
}

const read = async (name: string) => {
  const { result, texts } = await house.store.read(exchange, { type: 'Communication', id: idOf(name) });
  return { version: result.version, ...(JSON.parse(texts[0]!) as Record<string, unknown>) };
};
const completed = {
  outcome: 'completed',
  at: '2026-03-09T10:00:00Z',
  attempts: 1,
  proof: 'HTTP 201',
} as const;

describe('what is to be told', () => {
  beforeAll(async () => {
    await house.store.write(
      exchange,
      { method: 'update', type: 'Bundle', id: 'told' },
      JSON.stringify(bundle),
    );
  });

  it('is handed out the same each time, and each time that is recorded with the patient', async () => {
    const communication = await due('handed-out');
    const answers = [
      await controller.content(exchange, { communication }),
      await controller.content(exchange, { communication }),
    ];
    expect(answers.map(({ texts }) => JSON.parse(texts?.[0] ?? '') as object)).toEqual([
      expect.objectContaining({ id: 'told', type: 'document', entry: bundle.entry }),
      expect.objectContaining({ id: 'told', type: 'document', entry: bundle.entry }),
    ]);
    expect(answers[0]).toEqual(answers[1]);
    const records = await house.database.query('*', {
      text: `select type, patients from audit where subject = 'system/exchange' and action = 'R'
        and id in ($1, 'told') order by type`,
      values: [communication],
    });
    expect(records).toEqual([
      ...[1, 2].map(() => ({ type: 'Bundle', patients: [] })),
      ...[1, 2].map(() => ({ type: 'Communication', patients: ['p'] })),
    ]);
  });

  it('is not handed out to who may not read it', async () => {
    const communication = await due('kept');
    const stranger = { ...exchange, scopes: ['system/Communication.r'] };
    await expect(controller.content(stranger, { communication })).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  it('is settled once, whoever says it how often, also at the same time', async () => {
    const communication = await due('settled');
    await Promise.all(
      [1, 2, 3].map(() => controller.settle(exchange, { communication, ...completed }, scope)),
    );
    await controller.settle(exchange, { communication, ...completed, outcome: 'stopped' }, scope);
    expect(await read('settled')).toMatchObject({ version: 2, status: 'completed', sent: completed.at });
    expect((await controller.content(exchange, { communication })).texts ?? []).toEqual([]);
  });

  it('is handed out again after it was given up, since somebody may have it sent once more', async () => {
    const communication = await due('given-up');
    await controller.settle(
      exchange,
      { communication, ...completed, attempts: 0, outcome: 'stopped' },
      scope,
    );
    expect(await read('given-up')).toMatchObject({ status: 'stopped' });
    expect((await controller.content(exchange, { communication })).texts).toHaveLength(1);
    await controller.settle(exchange, { communication, ...completed }, scope);
    expect(await read('given-up')).toMatchObject({ status: 'completed' });
  });

  it('is not handed out once it is called off, and what was told all the same says so', async () => {
    const communication = await due('off');
    const open = await new CommunicationsOfStay(house.store).of(exchange, 'stay-off');
    expect(open).toHaveLength(1);
    await house.database.transact('*', async (transaction) => {
      await house.store.writeIn(transaction, exchange, callingOff(open));
    });
    expect((await controller.content(exchange, { communication })).texts ?? []).toEqual([]);
    expect(await read('off')).toMatchObject({ version: 2, status: 'not-done' });
    await controller.settle(exchange, { communication, ...completed }, scope);
    expect(await read('off')).toMatchObject({ version: 3, status: 'completed' });
  });

  it('is made once: what is there stays as it is', async () => {
    const communication = await due('once');
    await controller.settle(exchange, { communication, ...completed }, scope);
    await expect(due('once')).rejects.toMatchObject({ kind: 'version-conflict' });
    expect(await read('once')).toMatchObject({ status: 'completed' });
  });

  it('is found again by when it changed, those alone that were made here, whatever others say of theirs', async () => {
    const { version: _, ...own } = await read('once');
    const request = { method: 'update', type: 'Communication', id: 'foreign' } as const;
    await house.store.write(exchange, request, JSON.stringify({ ...own, id: 'foreign' }));
    const communications = new CommunicationsOfStay(house.store);
    const ids = (await communications.changedSince(exchange, '2026-01-01T00:00:00Z')).map(({ id }) => id);
    expect(ids).toContain(idOf('once'));
    expect(ids).not.toContain('foreign');
    expect(await communications.changedSince(exchange, '2999-01-01T00:00:00Z')).toEqual([]);
  });
});
