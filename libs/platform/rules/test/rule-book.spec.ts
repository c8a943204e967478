import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  migrate,
  openContextDatabase,
  partUrl,
  provision,
  type OpenContextDatabase,
} from '#platform/database';
import {
  CreateRules1764300000000,
  leastNoticeMs,
  RuleBook,
  RuleLeader,
  type RuleChange,
} from '#platform/rules';
import { openHouseDatabase, type HouseDatabase } from '#platform/testing';

const pack = (version: string, title = 'Rules') =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      {
        resource: {
          resourceType: 'Library',
          name: 'north',
          version,
          title,
          status: 'active',
          type: { text: 'rules' },
        },
      },
    ],
  });

describe('the rules of a context', () => {
  let house: HouseDatabase | undefined;
  let leading: OpenContextDatabase;
  let deciding: OpenContextDatabase;
  beforeAll(async () => {
    const { url } = (house = await openHouseDatabase({ migrated: false }));
    await provision(url, ['exchange', 'transitions']);
    for (const context of ['exchange', 'transitions'])
      await migrate(url, context, [CreateRules1764300000000]);
    leading = openContextDatabase({ url: partUrl(url, 'exchange'), context: 'exchange' });
    deciding = openContextDatabase({ url: partUrl(url, 'transitions'), context: 'transitions' });
  }, 120_000);
  afterAll(async () => {
    await Promise.all([leading?.close(), deciding?.close()]);
    await house?.drop();
  });
  beforeEach(async () => {
    for (const database of [leading, deciding]) {
      await database.query('*', { text: 'DELETE FROM rule_change' });
      await database.query('*', { text: 'DELETE FROM rule_pack' });
    }
  });

  const inForce = async (book: RuleBook, instant: number) => (await book.inForce(instant))?.version;

  /** A change that both have noted and nobody has settled. */
  async function proposed(version: string, inMs: number): Promise<RuleChange> {
    const leader = new RuleLeader(leading);
    for (const database of [leading, deciding]) await new RuleBook(database).hold(pack(version));
    const at = (await leader.now()) + inMs;
    const change = await leader.propose({ at, name: 'north', version, until: null });
    await new RuleBook(deciding).note(change);
    return change;
  }

  it('keeps a pack as it was added, and refuses another content under its name and version', async () => {
    const book = new RuleBook(leading);
    await book.hold(pack('1'));
    await book.hold(pack('1'));
    await expect(book.hold(pack('1', 'Other rules'))).rejects.toMatchObject({ kind: 'conflict' });
    expect(await book.contentOf('north', '1')).toBe(pack('1'));
    expect(await book.packs()).toMatchObject([{ name: 'north', version: '1' }]);
    await expect(book.pack('north', '2')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('decides nothing about an instant from a change on whose outcome it does not know, and then as it was settled', async () => {
    const book = new RuleBook(deciding);
    const { position, at } = await proposed('1', 60_000);
    expect(await inForce(book, at - 1)).toBeUndefined();
    await expect(book.inForce(at)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await new RuleLeader(leading).settle(position)).toBe(true);
    await expect(book.inForce(at)).rejects.toMatchObject({ kind: 'unavailable' });
    await book.settle(position, 'settled');
    expect(await inForce(book, at)).toBe('1');
    expect(await inForce(book, at - 1)).toBeUndefined();
  });

  it('goes on as before when a change is void', async () => {
    const book = new RuleBook(deciding);
    const { position, at } = await proposed('1', 60_000);
    await book.settle(position, 'void');
    expect(await inForce(book, at)).toBeUndefined();
    await book.settle(position, 'settled');
    expect(await inForce(book, at)).toBeUndefined();
  });

  it('does not settle a change that is too near, which is void where that is decided, without being told', async () => {
    const leader = new RuleLeader(leading);
    const { position, at } = await proposed('1', leastNoticeMs - 1_000);
    expect(await leader.settle(position)).toBe(false);
    expect(await inForce(new RuleBook(leading, { leads: true }), at)).toBeUndefined();
    await expect(new RuleBook(deciding).inForce(at)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await leader.untold()).toEqual([]);
    await leader.dropLate();
    expect(await leader.untold()).toMatchObject([{ position, state: 'void' }]);
    await leader.told(position);
    expect(await leader.untold()).toEqual([]);
  });

  it('either settles or drops, whoever is first', async () => {
    const leader = new RuleLeader(leading);
    const { position } = await proposed('1', 60_000);
    const [settled] = await Promise.all([leader.settle(position), leader.drop(position)]);
    expect(await leader.untold()).toMatchObject([{ position, state: settled ? 'settled' : 'void' }]);
    expect(await leader.settle(position)).toBe(false);
  });

  it('is known to every process of the context before a change can come', async () => {
    const other = new RuleBook(deciding);
    expect(await inForce(other, Date.now())).toBeUndefined();
    const { at } = await proposed('1', 60_000);
    // It may decide by what it read for less than the shortest notice.
    await sleep(leastNoticeMs - 2_000 + 50);
    await expect(other.inForce(at)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
