import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, houseParts, type House, type Json } from '#platform/testing';
import { stayInMessages } from '../harness/stay-in-messages.ts';
import { TwoHospitals } from '../harness/two-hospitals.ts';
import { V2Feed } from '../harness/v2-feed.ts';

const isLong = process.env['SEPTUM_TEST_LENGTH'] === 'long';

describe('a stay in one hospital', () => {
  const hospitals = new TwoHospitals();
  const { board, practice } = hospitals;

  // Twelve processes more than one machine has room for beside North's; `npm run verify` starts them all.
  beforeAll(() => hospitals.open(isLong ? {} : { clinic: 'one' }));
  afterAll(() => hospitals.close());

  /** What everybody has at the end, each once. */
  async function toldOnce(who: string, limitMs = 120_000): Promise<void> {
    const { north, clinic } = hospitals;
    const there = await hospitals.one(clinic, `Patient?identifier=${who}`);
    const id = String(there['id']);
    const document = await hospitals.one(clinic, `DocumentReference?patient=${id}`);
    expect(document).toMatchObject({ status: 'current', type: { coding: [{ code: '18842-5' }] } });
    const [{ attachment }] = document['content'] as [{ attachment: { url: string } }];
    const read = await clinic.fhir.get<Json>(attachment.url);
    expect([read.status, read.text]).toEqual([200, expect.stringContaining(`Winter-${who}`)]);
    expect(read.text).toContain('Amlodipine');

    const history = await clinic.fhir.get(`Patient/${id}/$medication-history`);
    expect([history.status, history.text]).toEqual([200, expect.stringContaining('Amlodipine')]);

    await eventually(async () => {
      expect(await hospitals.found(clinic, `Communication?subject=Patient/${id}`)).toHaveLength(3);
      // Two listeners hear of a discharge: which of what they make is due first, the notice or the document, is open.
      const events = practice.events(who);
      expect(events.filter((event) => event !== 'MDM^T02')).toEqual(['ADT^A04', 'ADT^A01', 'ADT^A03']);
      expect(events.toSorted()).toEqual(['ADT^A01', 'ADT^A03', 'ADT^A04', 'MDM^T02']);
      expect(
        board.news('discharges').filter((each) => JSON.stringify(each).includes(encounterOf.get(who)!)),
      ).toHaveLength(1);
    }, limitMs);
    expect(practice.said(who, 'ADT^A03', 'PV1-3')).toEqual(['W2^101^1^NORTH']);
    const here = await hospitals.one(north, `Patient?identifier=${who}`);
    await eventually(async () => {
      const told = await hospitals.found(
        north,
        `Communication?subject=Patient/${String(here['id'])}&_count=50`,
      );
      expect(told.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'completed'));
    }, limitMs);
  }
  const encounterOf = new Map<string, string>();

  /** `around`: what happens while a step is being sent. */
  async function stay(who: string, around: (step: number) => Promise<void>): Promise<void> {
    const feed = await hospitals.registered(who);
    for (const [step, { type, segments }] of stayInMessages(who).entries()) {
      await Promise.all([feed.send(type, segments), around(step)]);
    }
    encounterOf.set(
      who,
      String((await hospitals.one(hospitals.north, `Encounter?identifier=V${who}`))['id']),
    );
    await toldOnce(who);
  }

  it('is told to the clinic, the practice and the board, each once', async () => {
    await stay('700', () => Promise.resolve());
  });

  it('would be seen to be told to the practice once more', async () => {
    const again = new V2Feed('again', () => Number(new URL(practice.url).port));
    const { type, segments } = stayInMessages('700').at(-1)!;
    await again.send(type, segments);
    await expect(toldOnce('700', 200)).rejects.toThrow('ADT^A03');
  });

  async function killed(house: House, part: string): Promise<void> {
    await house.kill(part);
    await house.restart(part);
  }

  const parts = houseParts.filter((part) => part !== 'edge');
  const rounds = isLong ? parts.length : 1;
  it.each(Array.from({ length: rounds }, (_, round) => round))(
    'is told to all of them once, though a part of each is killed at each step (%i)',
    async (round) => {
      const part = (step: number) => parts[(round + step) % parts.length]!;
      await stay(String(710 + round), async (step) => {
        await Promise.all([hospitals.north, hospitals.clinic].map((house) => killed(house, part(step))));
      });
    },
  );
});
