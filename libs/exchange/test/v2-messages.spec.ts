import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { parseMessage } from '#platform/hl7v2';
import { RuleBook } from '#platform/rules';
import { markedPack } from '../../../test/rule-packs/marked-pack.ts';
import { removeSettled } from '../src/store/v2-queue.ts';
import { V2Intake } from '../src/v2/v2-intake.ts';
import { V2Retention } from '../src/v2/v2-retention.ts';
import { openExchange, type ExchangeHouse } from './open-exchange.ts';

let house: ExchangeHouse;
beforeAll(async () => {
  Logger.overrideLogger(false);
  house = await openExchange();
});
afterAll(() => house?.close());
afterEach(async () => {
  await house.database.query('*', { text: 'DELETE FROM v2_message' });
});

const profile = { name: 'main', characterSet: 'ASCII', processingIds: ['P'] };
const intake = () => new V2Intake(house.database, { poke: () => undefined }, new RuleBook(house.database));

function message(id: string, { enhanced = false, type = 'ADT^A28' } = {}): Uint8Array {
  const header = `MSH|^~\\&|REG|NORTH|SEPTUM|NORTH|20260301080000||${type}|${id}|P|2.5.1${enhanced ? '|||AL|AL' : ''}`;
  return Buffer.from(`${header}\rPID|1||4711^^^NORTH^MR||Okafor^Ada`);
}

/** MSA-1 and ERR-3 of what is answered. */
function told(frames: readonly Uint8Array[]) {
  return frames.map((bytes) => {
    const answer = parseMessage(Buffer.from(bytes).toString());
    return [answer.at('MSA-1'), answer.at('MSA-2'), answer.at('ERR-3.1')];
  });
}

const kept = () =>
  house.database.query<{ control_id: string; repeated: number }>('*', {
    text: 'SELECT control_id, repeated FROM v2_message ORDER BY position',
  });

describe('a message that comes while the database is away', () => {
  it.each([
    ['from the start', () => intake()],
    [
      'all at once',
      async () => {
        const running = intake();
        expect(told(await running.take(message('0'), profile))).toEqual([['AA', '0', undefined]]);
        return running;
      },
    ],
  ])('%s, is refused with 207, and kept when it is sent again', async (_when, opened) => {
    const running = await opened();
    const before = (await kept()).length;
    await house.cut();
    try {
      expect(told(await running.take(message('1'), profile))).toEqual([['AR', '1', '207']]);
      expect(told(await running.take(message('2', { enhanced: true }), profile))).toContainEqual([
        'CE',
        '2',
        '207',
      ]);
    } finally {
      await house.mend();
    }
    expect(told(await running.take(message('1'), profile))).toEqual([['AA', '1', undefined]]);
    expect(told(await running.take(message('2', { enhanced: true }), profile))[0]).toEqual([
      'CA',
      '2',
      undefined,
    ]);
    expect((await kept()).slice(before)).toEqual([
      { control_id: '1', repeated: 0 },
      { control_id: '2', repeated: 0 },
    ]);
  });
});

describe('messages that come at once', () => {
  it('are kept in the order in which they came, though the rules that decide are yet to be read', async () => {
    const rules = new RuleBook(house.database);
    const { name, version } = await rules.hold(JSON.stringify(markedPack('1.0')));
    await rules.note({ position: 1, at: 0, name, version, until: null, state: 'settled' });
    const ids = Array.from({ length: 8 }, (_, nth) => String(nth));
    for (let round = 0; round < 5; round += 1) {
      const running = intake();
      await Promise.all(ids.map((id) => running.take(message(`${round}-${id}`), profile)));
      expect((await kept()).slice(-8).map(({ control_id }) => control_id)).toEqual(
        ids.map((id) => `${round}-${id}`),
      );
    }
    await house.database.query('*', { text: 'DELETE FROM rule_change' });
  });

  it('and are the same, get one acknowledgement, and are counted', async () => {
    const running = intake();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => running.take(message('same'), profile)),
    );
    const texts = answers.map(([bytes]) => Buffer.from(bytes!).toString());
    expect(new Set(texts).size).toBe(1);
    expect(await kept()).toEqual([{ control_id: 'same', repeated: 3 }]);
  });

  it('are kept though their header has what no column holds', async () => {
    const running = intake();
    const long = randomBytes(6_000).toString('hex');
    for (const id of ['N\\X00\\1', `N\0${2}`, long])
      expect(told(await running.take(message(id), profile))[0]![0]).toBe('AA');
    expect((await kept()).map(({ control_id }) => control_id)).toEqual(['N1', 'N2', long.slice(0, 227)]);
  });
});

describe('what is wrong with a message', () => {
  const header = (id: string) =>
    `MSH|^~\\&|REG|NORTH|SEPTUM|NORTH|20260301080000+0000||ADT^A01|${id}|P|2.5.1`;
  const answer = async (...segments: readonly string[]) =>
    told(await intake().take(Buffer.from(segments.join('\r')), profile))[0];

  it('is told by the code that table 0357 has for it', async () => {
    expect(await answer(header('1'), 'PID|1||||Okafor^Ada')).toEqual(['AE', '1', '101']);
    expect(await answer(header('2'), 'PID|1||4711^^^NORTH^MR||Okafor^Ada||19990231')).toEqual([
      'AA',
      '2',
      '102',
    ]);
    expect(await answer(header('3'), 'PID|1||4711^^^NORTH^MR||Okafor^Ada|||unheard-of')).toEqual([
      'AA',
      '3',
      '103',
    ]);
  });
});

describe('messages that were kept for long enough', () => {
  const settledAt = new Date('2026-03-01T00:00:00Z');
  const later = (days: number, ms = 0) => new Date(settledAt.getTime() + days * 86_400_000 + ms);

  async function keep(states: readonly string[]): Promise<void> {
    const running = intake();
    for (const [nth, state] of states.entries()) {
      await running.take(message(`${state}${nth}`), profile);
      await house.database.query('*', {
        text: `UPDATE v2_message SET state = $1, settled_at = CASE $1 WHEN 'waiting' THEN NULL ELSE $2::timestamptz END
          WHERE control_id = $3`,
        values: [state, settledAt, `${state}${nth}`],
      });
    }
  }

  it('are removed once they are applied or dismissed; what somebody has to look at stays', async () => {
    await keep(['waiting', 'applied', 'rejected', 'failed', 'dismissed']);
    const retention = new V2Retention(house.database);
    await retention.removeDue(90, later(90));
    expect(await kept()).toHaveLength(5);
    await retention.removeDue(90, later(90, 1));
    expect((await kept()).map(({ control_id }) => control_id)).toEqual(['waiting0', 'rejected2', 'failed3']);
  });

  it('go a batch at a time, and by one copy', async () => {
    await keep(['applied', 'applied', 'applied']);
    const due = { before: later(1), most: 2 };
    await house.database.transact('*', async (other) => {
      await other.query({
        text: `SELECT pg_advisory_xact_lock(hashtextextended('exchange v2 retention', 0))`,
      });
      expect(await removeSettled(house.database, due)).toBe(0);
    });
    expect(await removeSettled(house.database, due)).toBe(2);
    expect(await removeSettled(house.database, due)).toBe(1);
    expect(await kept()).toEqual([]);
  });
});
