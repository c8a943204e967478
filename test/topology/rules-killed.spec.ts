import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type House } from '#platform/testing';
import { RulePackStory } from '../rule-packs/rule-pack-story.ts';
import { markedPack } from '../rule-packs/marked-pack.ts';

/** What only those can see who know the topology: the parts that must agree on a change of rules are gone, one or all. */
describe('a change of the rules in force', () => {
  let house: House;
  let story: RulePackStory;
  beforeAll(async () => {
    house = await openHouse({ topology: 'all-out' });
    story = new RulePackStory(house, () => Promise.resolve('AA'));
    await story.writePatient('Marked');
    for (const version of ['1.0', '2.0']) expect((await story.add(markedPack(version))).status).toBe(200);
  }, 240_000);
  afterAll(() => house?.stop());

  const activate = (version: string) =>
    story.operation('rules-activate', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'name', valueString: 'marked' },
        { name: 'version', valueString: version },
      ],
    });

  it('does not come while a part that decides by rules cannot be told, which is named', async () => {
    await house.kill('transitions');
    const { status, body } = await activate('1.0');
    expect([status, JSON.stringify(body)]).toEqual([
      503,
      expect.stringContaining('transitions could not be told'),
    ]);
    expect(await story.list('change')).toMatchObject([{ version: '1.0', state: 'void' }]);
    await house.restart('transitions');
    expect(await story.list('pack')).not.toContainEqual(expect.objectContaining({ inForce: true }));
    await story.discharge('before');
    await story.assertNoMixture([]);
  });

  it('may be far off', async () => {
    const inAQuarter = Date.now() + 90 * 86_400_000;
    expect(await story.change('1.0', inAQuarter)).toEqual({ at: inAQuarter, version: '1.0' });
    expect(await story.list('change')).toContainEqual(
      expect.objectContaining({ at: new Date(inAQuarter).toISOString(), state: 'settled' }),
    );
  });

  it('comes once it is settled, though all that know of it are killed until its instant is past', async () => {
    const change = await story.change('2.0', 0);
    await Promise.all([house.kill('transitions'), house.kill('exchange')]);
    await sleep(Math.max(change.at - Date.now(), 0) + 200);
    await story.discharge('meanwhile');
    await Promise.all([house.restart('transitions'), house.restart('exchange')]);
    await story.discharge('after');
    await story.assertNoMixture([change]);
    expect(await story.list('pack')).toContainEqual(
      expect.objectContaining({ version: '2.0', inForce: true }),
    );
  });
});
