import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RuleBook } from '#platform/rules';
import { applyAgain } from '../src/store/v2-queue.ts';
import { WaitingMessages, type Settlement } from '../src/store/waiting-messages.ts';
import { V2Intake } from '../src/v2/v2-intake.ts';
import { openExchange, type ExchangeHouse } from './open-exchange.ts';

let house: ExchangeHouse;
let messages: WaitingMessages;
beforeAll(async () => {
  house = await openExchange();
  messages = new WaitingMessages(house.database);
});
afterAll(() => house?.close());
afterEach(async () => {
  await house.database.query('*', { text: 'DELETE FROM v2_message' });
});

const applied: Settlement = { state: 'applied', issues: [], patients: ['p1', 'null'] };
const mark = (id: string) => ({
  text: `INSERT INTO inbox (subscription, message_id) VALUES ('v2-apply', $1) ON CONFLICT DO NOTHING`,
  values: [id],
});

/** Keeps messages of so many patients, and finds them waiting. */
async function waiting(count: number) {
  const intake = new V2Intake(house.database, { poke: () => undefined }, new RuleBook(house.database));
  const profile = { name: 'main', characterSet: 'ASCII', processingIds: ['P'] };
  for (let nth = 0; nth < count; nth += 1) {
    const header = `MSH|^~\\&|REG|NORTH|SEPTUM|NORTH|20260301080000||ADT^A28|${nth}|P|2.5.1`;
    await intake.take(Buffer.from(`${header}\rPID|1||${nth}^^^NORTH^MR`), profile);
  }
  const rows = await house.database.query<{ id: string }>('*', {
    text: 'SELECT id FROM v2_message ORDER BY position',
  });
  const found = await Promise.all(rows.map(({ id }) => messages.find(id)));
  return found.map((message) => message!);
}

const states = () =>
  house.database.query<{ state: string; patients: string[]; xmin: string }>('*', {
    text: 'SELECT state, patients, xmin::text FROM v2_message ORDER BY position',
  });
const commitsOf = async (events: readonly string[]) =>
  (
    await house.database.query<{ xmin: string }>('*', {
      text: 'SELECT xmin::text FROM inbox WHERE message_id = ANY ($1::uuid[])',
      values: [events],
    })
  ).map(({ xmin }) => xmin);

describe('messages that are settled', () => {
  it('in the same moment share a transaction with the marks of their events', async () => {
    const found = await waiting(3);
    const events = found.map(() => randomUUID());
    await Promise.all(found.map((message, nth) => messages.settle(message, applied, mark(events[nth]!))));
    const settled = await states();
    expect(settled.map(({ state, patients }) => ({ state, patients }))).toEqual(
      found.map(() => ({ state: 'applied', patients: ['p1', 'null'] })),
    );
    const commits = [...settled.map(({ xmin }) => xmin), ...(await commitsOf(events))];
    expect(commits).toHaveLength(6);
    expect(new Set(commits).size).toBe(1);
    expect(await messages.find(found[0]!.id)).toBeUndefined();
  });

  it('do not pay for a neighbour whose event cannot be marked', async () => {
    const [one, other] = await waiting(2);
    const outcomes = await Promise.allSettled([
      messages.settle(one!, applied, mark(randomUUID())),
      messages.settle(other!, applied, mark('no event')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await states()).map(({ state }) => state)).toEqual(['applied', 'waiting']);
  });

  it('late, by whoever began before they were asked for again, are still to be applied', async () => {
    const [late] = await waiting(1);
    await messages.settle(late!, applied, mark(randomUUID()));
    await house.database.transact('*', (transaction) => applyAgain(transaction, { ids: [late!.id] }));
    await messages.settle(late!, applied, mark(randomUUID()));
    expect((await states()).map(({ state }) => state)).toEqual(['waiting']);
    expect(await messages.find(late!.id)).toMatchObject({ attempt: 2 });
  });
});
