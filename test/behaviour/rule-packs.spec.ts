import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MllpClient } from '#platform/hl7v2';
import { openHouse, type House } from '#platform/testing';
import { RulePackStory } from '../rule-packs/rule-pack-story.ts';
import { markedPack } from '../rule-packs/marked-pack.ts';

describe('rule packs', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  }, 240_000);
  afterAll(() => house?.stop());

  async function send(id: string, segments: readonly string[]): Promise<string> {
    const header = `MSH|^~\\&|PACKS|NORTH|SEPTUM|NORTH|20260301080000+0000||ADT^A28|${id}|P|2.5.1`;
    const client = new MllpClient({ host: '127.0.0.1', port: house.mllpPort, timeoutMs: 10_000 });
    try {
      return (await client.send(Buffer.from([header, ...segments].join('\r')), id)).code;
    } finally {
      client.close();
    }
  }

  it('decide about every message, document and notice alone, though they change under load', async () => {
    const story = new RulePackStory(house, send);
    await story.writePatient('Marked');
    for (const version of ['1.0', '2.0']) expect((await story.add(markedPack(version))).status).toBe(200);
    expect((await story.add(markedPack('1.0'))).status).toBe(200);
    expect((await story.add({ ...markedPack('1.0'), id: 'other' })).status).toBe(409);
    const { status, body } = await story.add(
      JSON.parse(JSON.stringify(markedPack('3.0')).replaceAll('48765-2', '1-1')),
    );
    expect([status, JSON.stringify(body)]).toEqual([
      422,
      expect.stringContaining('Bundle.entry[1].resource.section[0].entry'),
    ]);

    const first = await story.change('1.0', 0);
    const second = await story.change('2.0', first.at + 1_000);
    const back = await story.change('1.0', second.at + 2_000);
    const changes = [first, second, back];
    await story.live(back.at);
    expect(new Set(story.answers)).toEqual(new Set(['AA', 201, 200]));
    expect(await story.assertNoMixture(changes)).toEqual(new Set(['', '1.0', '2.0']));

    const documents = [
      await story.compositionOf(story.stays[0]!),
      await story.compositionOf(story.stays.at(-1)!),
      await story.dischargedTwice('marked-twice'),
    ];
    await story.writePatient('Renamed');
    for (const composition of documents) {
      expect(await story.remade(composition)).toMatchObject({ equal: true, sources: 2 });
    }
    expect(await story.replayed('2.0')).toBe('marked|2.0');
    expect(await story.tried('messages', '1.0')).toEqual([]);
    expect(await story.tried('messages', '2.0')).toContainEqual(
      expect.objectContaining({ element: 'gender', before: '"other"', after: '"unknown"' }),
    );
    expect(await story.tried('discharges', '1.0')).toEqual([]);
    expect(await story.tried('discharges', '2.0')).toContainEqual(
      expect.objectContaining({
        section: '48765-2',
        element: 'title',
        before: 'Allergies 1.0',
        after: 'Allergies 2.0',
      }),
    );
    expect(await story.tried('discharges', '2.0')).toContainEqual(
      expect.objectContaining({
        event: 'discharged',
        element: 'recipient',
        before: 'general-practitioner',
        after: 'destination',
      }),
    );
    const reader = await house.clientWith(['system/Library.r', 'system/Composition.r']);
    expect((await reader.get('$rules-try-discharges?name=marked&version=2.0')).status).toBe(403);
    expect((await story.list('pack')).find(({ inForce }) => inForce)).toMatchObject({ version: '1.0' });
    // Whatever comes after this in the same house is not to be decided by these packs.
    const retired = await story.change(undefined, 0);
    await story.live(retired.at);
    expect(await story.assertNoMixture([...changes, retired])).toContain('');
  }, 240_000);
});
