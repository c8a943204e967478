import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemCaller, type Caller } from '#platform/access';
import type { CallScope } from '#platform/messaging';
import { RuleBook } from '#platform/rules';
import { createResourceStore, type ResourceStore } from '#platform/store';
import { V2MessageOperation } from '../src/operations/v2-message.ts';
import { V2MessagesOperation } from '../src/operations/v2-messages.ts';
import { V2ResendOperation } from '../src/operations/v2-resend.ts';
import { WaitingMessages } from '../src/store/waiting-messages.ts';
import { V2Intake } from '../src/v2/v2-intake.ts';
import { openExchange, type ExchangeHouse } from './open-exchange.ts';

let house: ExchangeHouse;
let intake: V2Intake;
let operation: V2ResendOperation;
let store: ResourceStore;
beforeAll(async () => {
  house = await openExchange();
  const relay = { poke: () => undefined };
  intake = new V2Intake(house.database, relay, new RuleBook(house.database));
  store = createResourceStore({
    database: house.database,
    types: ['MessageHeader'],
    hashKey: 'for these specs only',
  });
  operation = new V2ResendOperation(house.database, relay, intake, store);
});
afterAll(() => house?.close());
afterEach(async () => {
  for (const table of ['v2_message', 'v2_lane', 'outbox'])
    await house.database.query('*', { text: `DELETE FROM ${table}` });
});

const operator: Caller = { ...systemCaller('edge'), subject: 'client/operator', kind: 'client' };
const profile = { name: 'main', characterSet: 'ASCII', processingIds: ['P'] };

function message(
  id: string,
  { type = 'ADT^A28', processing = 'P', version = '2.5.1', more = '' } = {},
): string {
  const header = `MSH|^~\\&|REG|NORTH|SEPTUM|NORTH|20260301080000||${type}|${id}|${processing}|${version}`;
  return `${header}\rPID|1||4711^^^NORTH^MR||Okafor^Ada${more}`;
}

interface Row {
  readonly id: string;
  readonly state: string;
  readonly issues: readonly { readonly location?: string; readonly code: string }[];
  readonly attempt: number;
  readonly lane: string;
}

const rows = () =>
  house.database.query<Row>('*', {
    text: 'SELECT id, state, issues, attempt, lane FROM v2_message ORDER BY position',
  });

/** Keeps a message, and tells what is kept of it. */
async function keep(text: string): Promise<Row> {
  await intake.take(Buffer.from(text), profile);
  return (await rows()).at(-1)!;
}

const base = 'https://fhir.house.example/fhir/R4';

async function resend(...parameter: object[]): Promise<Record<string, unknown>> {
  const request = { parameters: {}, base };
  const scope = {
    texts: [JSON.stringify({ resourceType: 'Parameters', parameter })],
  } as unknown as CallScope;
  const { texts } = await operation.resend(operator, request, scope);
  const { parameter: answered } = JSON.parse(texts[0]!) as {
    parameter: { name: string; valueUnsignedInt?: number; valueUuid?: string }[];
  };
  return Object.fromEntries(
    answered.map(({ name, valueUnsignedInt, valueUuid }) => [name, valueUnsignedInt ?? valueUuid]),
  );
}

/** The messages that `$v2-messages` tells, each part by its name. */
async function listed(parameters: Record<string, string[]>): Promise<Record<string, unknown>[]> {
  const { texts } = await new V2MessagesOperation(house.database, store).list(operator, { parameters, base });
  const { parameter: messages } = JSON.parse(texts[0]!) as {
    parameter: { part: { name: string; valueUuid?: string; valueCode?: string }[] }[];
  };
  return messages.map(({ part }) =>
    Object.fromEntries(part.map(({ name, valueUuid, valueCode }) => [name, valueUuid ?? valueCode])),
  );
}
const id = (value: string) => ({ name: 'id', valueUuid: `urn:uuid:${value}` });
const text = (name: string, valueString: string) => ({ name, valueString });

describe('a message that was rejected', () => {
  it('is not taken for corrected when its text is the same, and nothing becomes of it', async () => {
    const rejected = await keep(message('1', { processing: 'T' }));
    expect(rejected).toMatchObject({ state: 'rejected', issues: [{ location: 'MSH-11', code: '202' }] });
    const same = text('body', message('1', { processing: 'T' }).replaceAll('\r', '\n'));
    await expect(resend(id(rejected.id), same)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/Correct it, or leave the body out/),
    });
    expect(await rows()).toEqual([rejected]);
    const bad = message('1a', { version: '9.9' });
    await expect(resend(id((await keep(bad)).id), text('body', `${bad}\r`))).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/^The text is the same/),
    });
  });

  it('and the one that is taken in its place name each other', async () => {
    const { id: old } = await keep(message('1b', { version: '9.9' }));
    const { applied, message: taken } = await resend(id(old), text('body', message('1b')));
    expect(applied).toBe(1);
    expect(await listed({})).toMatchObject([
      { id: taken, state: 'waiting', corrects: `urn:uuid:${old}` },
      { id: `urn:uuid:${old}`, state: 'dismissed', correctedBy: taken },
    ]);
  });

  it('is examined again as it came, by the rules of now, and applied when it can be taken', async () => {
    const rejected = await keep(message('2', { processing: 'T' }));
    const before = Date.now();
    expect(await resend(id(rejected.id))).toEqual({ applied: 1 });
    const [taken] = await rows();
    expect(taken).toMatchObject({ id: rejected.id, state: 'waiting', issues: [], attempt: 2 });
    expect((await keep(message('3'))).lane).toBe(taken!.lane);
    const waiting = await new WaitingMessages(house.database).find(rejected.id);
    expect(waiting!.rulesAt).toBeGreaterThanOrEqual(before);
    const announced = await house.database.query('*', {
      text: `SELECT FROM outbox WHERE order_key = $1`,
      values: [`v2/${taken!.lane}`],
    });
    expect(announced).toHaveLength(2);
  });

  it('leads the lane of the merged patient into that of the survivor, when it was a merge', async () => {
    const merge = await keep(
      message('4', { type: 'ADT^A40', processing: 'T', more: '\rMRG|4712^^^NORTH^MR' }),
    );
    await resend(id(merge.id));
    const [{ lane } = merge] = await rows();
    const late = await keep(message('5').replace('4711', '4712'));
    expect(late.lane).toBe(lane);
  });

  it('stays rejected while it cannot be taken, with what is wrong with it now', async () => {
    const rejected = await keep(message('6', { version: '9.9', processing: 'T' }));
    expect(rejected.issues).toMatchObject([{ code: '202' }]);
    await expect(resend(id(rejected.id))).rejects.toMatchObject({
      kind: 'business-rule',
      message: expect.stringMatching(/cannot be taken as it came.*MSH-12/),
    });
    expect(await rows()).toMatchObject([
      { state: 'rejected', issues: [{ location: 'MSH-12', code: '203' }], attempt: 1 },
    ]);
  });

  it('is left, and counted, when all of a stretch of time is applied again', async () => {
    await keep(message('7', { processing: 'T' }));
    await keep(message('8'));
    await house.database.query('*', {
      text: `UPDATE v2_message SET state = 'applied' WHERE state = 'waiting'`,
    });
    const stretch = [text('from', '2020-01-01T00:00:00Z'), text('to', '2100-01-01T00:00:00Z')];
    expect(await resend(...stretch)).toEqual({ applied: 1, rejected: 1 });
    expect(await resend(...stretch, text('listener', 'other'))).toEqual({ applied: 0, rejected: 0 });
  });
});

describe('a message that was taken although something is wrong with it', () => {
  it('is found among those that have warnings', async () => {
    const { id: warned } = await keep(message('8a', { more: '||19990231' }));
    await keep(message('8b', { more: '||19990221' }).replace('0800||', '0800+0000||'));
    await keep(message('8c', { processing: 'T' }));
    expect(await listed({ warnings: ['true'] })).toMatchObject([{ id: `urn:uuid:${warned}` }]);
    await expect(listed({ warnings: ['yes'] })).rejects.toMatchObject({ kind: 'bad-parameter' });
  });
});

describe('a message that cannot be applied again', () => {
  it('is one that waits, was dismissed, or is not there', async () => {
    const waiting = await keep(message('9'));
    const dismissed = await keep(message('10', { processing: 'T' }));
    await resend(id(dismissed.id), { name: 'dismiss', valueBoolean: true });
    for (const which of [waiting.id, dismissed.id, randomUUID()])
      await expect(resend(id(which))).rejects.toMatchObject({
        kind: 'not-found',
        message: expect.stringContaining('$v2-messages'),
      });
  });
});

describe('what is done with messages by hand', () => {
  let before = 0;
  beforeEach(async () => {
    const [{ last }] = (await house.database.query('*', {
      text: 'SELECT coalesce(max(position), 0) AS last FROM audit',
    })) as [{ last: number }];
    before = last;
  });
  const recorded = () =>
    house.database.query<{ patients: string[] }>('*', {
      text: 'SELECT subject, action, type, id, count, patients, detail FROM audit WHERE position > $1 ORDER BY position',
      values: [before],
    });
  const asked = {
    subject: 'client/operator',
    action: 'E',
    type: 'MessageHeader',
    id: null,
    count: 1,
    patients: [],
  };

  it('is recorded with who did it', async () => {
    const { id: first } = await keep(message('11', { processing: 'T' }));
    const { id: second } = await keep(message('12', { processing: 'T' }));
    await resend(id(first), { name: 'dismiss', valueBoolean: true });
    await resend(id(second), text('body', message('13')));
    await resend(id((await keep(message('14', { processing: 'T' }))).id));
    await resend(text('from', '2020-01-01T00:00:00Z'), text('to', '2021-01-01T00:00:00Z'));
    expect(await recorded()).toEqual([
      { ...asked, id: first, detail: '$v2-resend dismissed' },
      { ...asked, id: second, detail: '$v2-resend corrected' },
      { ...asked, id: expect.any(String), detail: '$v2-resend as it came' },
      {
        ...asked,
        count: 0,
        detail: '$v2-resend 2020-01-01T00:00:00.000Z to 2021-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('is recorded when it is only looking which there are', async () => {
    await keep(message('15'));
    await house.database.query('*', { text: `UPDATE v2_message SET patients = '{ada}'` });
    await new V2MessagesOperation(house.database, store).list(operator, { parameters: {}, base });
    expect(await recorded()).toEqual([{ ...asked, patients: ['ada'], detail: '$v2-messages' }]);
  });

  it.each([
    ['a name that is not known', 'unknown-parameter', [text('dissmiss', 'x')]],
    ['dismiss as a text', 'bad-parameter', [text('dismiss', 'true')]],
    ['a body that is no text', 'bad-parameter', [{ name: 'body', valueInteger: 1 }]],
    ['body and dismiss', 'bad-parameter', [text('body', 'MSH'), { name: 'dismiss', valueBoolean: true }]],
    ['an id and a time', 'bad-parameter', [text('from', '2020-01-01T00:00:00Z')]],
    ['an id twice', 'bad-parameter', [id(randomUUID())]],
  ])('is refused with %s, and nothing becomes of the message', async (_what, kind, parameters) => {
    const kept = await keep(message('16', { processing: 'T' }));
    await expect(resend(id(kept.id), ...parameters)).rejects.toMatchObject({ kind });
    expect(await rows()).toEqual([kept]);
  });

  it('is refused with parameters in the address that nobody reads', async () => {
    const parameters = { id: [randomUUID()], dismiss: ['true'] };
    const nothing = { texts: [] } as unknown as CallScope;
    const unknown = { kind: 'unknown-parameter' };
    await expect(operation.resend(operator, { parameters, base }, nothing)).rejects.toMatchObject(unknown);
    const reading = new V2MessageOperation(house.database, store);
    await expect(reading.read(operator, { parameters, base })).rejects.toMatchObject(unknown);
  });
});
