import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeV2 } from '#platform/fhir-to-v2';
import { parseMessage } from '#platform/hl7v2';
import { eventually, openHouse, type House, type Json } from '#platform/testing';
import { V2Feed } from './harness/v2-feed.ts';

interface Bundle {
  readonly entry?: readonly { readonly resource: Json }[];
}

const person = 'PID|1||114^^^NORTH^MR||Placed^Ada||19700102|F';
const visit = `PV1|1|I|W1^101^1^NORTH|||W0^100^9^NORTH|T114^Roth^Jan^^^Dr.^^^NPI${'|'.repeat(12)}V114^^^NORTH^VN${'|'.repeat(25)}20260301080000+0000`;

describe('a stay that only HL7 v2 tells of', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  }, 240_000);
  afterAll(() => house?.stop());

  async function put(resource: Json): Promise<void> {
    const address = `${String(resource['resourceType'])}/${String(resource['id'])}`;
    expect((await house.fhir.put(address, resource)).status).toBe(201);
  }

  const first = (query: string) =>
    eventually(async () => {
      const { body } = await house.fhir.get<Bundle>(query);
      const [found] = body.entry ?? [];
      if (found === undefined) throw new Error(`${query} finds nothing yet`);
      return found.resource;
    });

  /** Somebody who takes notices in this house, though nobody sends them. */
  async function reached(practitioner: string): Promise<void> {
    await put({
      resourceType: 'Endpoint',
      id: 'placed-endpoint',
      status: 'active',
      connectionType: {
        system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
        code: 'hl7v2-mllp',
      },
      payloadType: [{ text: 'Any' }],
      address: 'mllp://placed.example:2575',
    });
    await put({
      resourceType: 'PractitionerRole',
      id: 'placed-role',
      active: true,
      practitioner: { reference: practitioner },
      endpoint: [{ reference: 'Endpoint/placed-endpoint' }],
    });
  }

  it('is told in a notice that names the institution and the place, and so does the ADT made of it', async () => {
    const feed = new V2Feed('placed', () => house.mllpPort);
    await feed.send('ADT^A28^ADT_A05', [person, 'PD1||||P114^Stern^Eva^^^Dr.^^^NPI']);
    const patient = await first('Patient?identifier=114');
    const [doctor] = patient['generalPractitioner'] as { reference: string }[];
    await reached(doctor!.reference);
    await feed.send('ADT^A01^ADT_A01', [person, visit]);

    const encounter = await first('Encounter?identifier=V114');
    const communication = await first(`Communication?encounter=Encounter/${String(encounter['id'])}`);
    // A note says what the notice lacks.
    expect(communication['note']).toBeUndefined();
    const [{ contentReference }] = communication['payload'] as [{ contentReference: { reference: string } }];
    const { text, body } = await house.fhir.get<Bundle>(contentReference.reference);
    const resources = (body.entry ?? []).map(({ resource }) => resource);
    expect(resources[0]).toMatchObject({ resourceType: 'MessageHeader', source: { name: 'NORTH' } });
    expect(resources).toContainEqual(
      expect.objectContaining({ resourceType: 'Organization', name: 'NORTH' }),
    );

    const party = { application: 'SEPTUM', facility: 'NORTH' };
    const told = encodeV2({ bundle: text, sender: party, receiver: party, controlId: '1', at: 0 });
    const message = parseMessage(told.text);
    const saying = (place: string) => message.repetition(place)?.text;
    expect(['PV1-3', 'PV1-6', 'PV1-7', 'PV2-23'].map(saying)).toEqual([
      'W1^101^1^NORTH',
      'W0^100^9^NORTH',
      'T114^Roth^Jan^^^Dr.^^^NPI^^^^NPI',
      'NORTH^^^^^^^^^NORTH',
    ]);
  });
});
