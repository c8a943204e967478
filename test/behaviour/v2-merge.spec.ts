import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, openHouse, type House, type Json } from '#platform/testing';
import { V2Feed } from './harness/v2-feed.ts';

interface Bundle {
  readonly entry?: readonly { readonly resource: Json }[];
}

const person = (number: string, family: string, more = '') =>
  `PID|1||${number}^^^NORTH^MR||${family}^Ada||19700102|F${more}`;
const visit = (number: string) =>
  `PV1|1|I|W1^101^1^NORTH||||||||||||||||${number}^^^NORTH^VN||||||||||||||||||||||||20260301080000+0000`;

describe('an HL7 v2 merge', () => {
  let house: House;
  const feed = new V2Feed('merges', () => house.mllpPort);
  beforeAll(async () => {
    house = await openHouse();
  }, 240_000);
  afterAll(() => house?.stop());

  const patientOf = async (number: string) => {
    const { body } = await house.fhir.get<Bundle>(`Patient?identifier=${number}`);
    return (body.entry ?? []).map(({ resource }) => resource);
  };

  it('leads what comes later under the old number to the survivor', async () => {
    await feed.send('ADT^A28', [person('103', 'Stays')]);
    await feed.send('ADT^A28', [person('104', 'Goes')]);
    await feed.send('ADT^A40', [person('103', 'Stays'), 'MRG|104^^^NORTH^MR']);
    await feed.send('ADT^A08', [person('104', 'Stays', '||||||||||||||||||||||||')]);
    await feed.send('ADT^A01', [person('104', 'Stays'), visit('V104')]);
    const survivor = await eventually(async () => {
      const found = await patientOf('103');
      const kept = found.find(({ active }) => active !== false);
      if (kept === undefined) throw new Error('not there yet');
      const { body } = await house.fhir.get<Bundle>(`Encounter?subject=Patient/${String(kept['id'])}`);
      expect(body.entry).toHaveLength(1);
      return kept;
    });
    const both = await patientOf('104');
    const loser = both.find(({ active }) => active === false);
    expect(loser).toMatchObject({
      link: [{ type: 'replaced-by', other: { reference: `Patient/${String(survivor['id'])}` } }],
    });
  });

  it('is followed where its link is written out with the address of the installation', async () => {
    await feed.send('ADT^A28', [person('140', 'Stays')]);
    await feed.send('ADT^A28', [person('141', 'Goes')]);
    const one = (number: string) =>
      eventually(async () => {
        const found = await patientOf(number);
        expect(found).toHaveLength(1);
        return found[0]!;
      });
    const [stays, goes] = [await one('140'), await one('141')];
    const other = { reference: `${house.publicUrl}/fhir/R4/Patient/${String(stays['id'])}` };
    await house.put({ ...goes, active: false, link: [{ type: 'replaced-by', other }] });
    await feed.send('ADT^A01', [person('141', 'Stays'), visit('V141')]);
    await eventually(async () => {
      const { body } = await house.fhir.get<Bundle>('Encounter?identifier=V141');
      expect(body.entry?.map(({ resource }) => resource['subject'])).toMatchObject([
        { reference: `Patient/${String(stays['id'])}` },
      ]);
    });
  });

  it('leaves the survivor in force, whoever recorded the other one and however often they come', async () => {
    const merges = (number: string, into: string) =>
      feed.send('ADT^A40', [person(into, 'Stays'), `MRG|${number}^^^NORTH^MR`]);
    const inForce = async (number: string) =>
      (await patientOf(number)).filter(({ active }) => active !== false).map(({ id }) => id);
    await feed.send('ADT^A28', [person('130', 'Stays')]);
    const [stays] = await eventually(async () => {
      const found = await patientOf('130');
      expect(found).toHaveLength(1);
      return found;
    });
    const [identifier] = stays!['identifier'] as { value: string }[];
    const recorded = { ...stays, id: 'recorded-by-hand', identifier: [{ ...identifier, value: '131' }] };
    expect((await house.fhir.put('Patient/recorded-by-hand', recorded)).status).toBe(201);
    for (let times = 0; times < 2; times += 1) await merges('131', '130');
    // One who carries both numbers from the start, and a merge of the survivor into who was merged.
    await feed.send('ADT^A28', [person('132', 'Both').replace('^MR', '^MR~133^^^NORTH^MR')]);
    await merges('133', '132');
    await merges('130', '131');
    const { body } = await eventually(async () => {
      const listed = await house.fhir.get<{ parameter: object[] }>('$v2-messages?state=failed&_count=1');
      expect(listed.text).toContain('MRG');
      return listed;
    });
    expect(JSON.stringify(body)).toContain('was merged before');
    expect(await inForce('131')).toEqual([stays!['id']]);
    expect(await inForce('130')).toEqual([stays!['id']]);
    expect(await inForce('133')).toEqual(await inForce('132'));
    expect(await inForce('132')).toHaveLength(1);
    const loser = await house.fhir.get('Patient/recorded-by-hand');
    expect(loser.body).toMatchObject({
      active: false,
      link: [{ type: 'replaced-by', other: { reference: `Patient/${String(stays!['id'])}` } }],
    });
  });
});
