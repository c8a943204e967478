import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, houseParts, openHouse, type House, type Json } from '#platform/testing';
import { FrontDoor } from '../harness/front-door.ts';
import { PracticeSystem } from '../harness/practice-system.ts';
import { stayInMessages } from '../harness/stay-in-messages.ts';
import { V2Feed } from '../harness/v2-feed.ts';
import { encounterEnd, WardBoard } from '../ward-board.ts';

interface Bundle {
  readonly entry?: readonly { readonly resource: Json }[];
}

const isLong = process.env['SEPTUM_TEST_LENGTH'] === 'long';
const everything = ['system/*.cruds'];
const arrivesWithinMs = 120_000;

/**
 * The hospital North and the clinic, each a Septum with a database of its own, which know each other by address alone; a
 * practice that takes HL7 v2; and the board on a ward, which subscribed.
 */
describe('a stay in one hospital', () => {
  const folder = mkdtempSync(join(tmpdir(), 'septum-two-hospitals-'));
  const board = new WardBoard();
  const practice = new PracticeSystem();
  const northDoor = new FrontDoor();
  const clinicDoor = new FrontDoor();
  let north: House;
  let clinic: House;

  beforeAll(async () => {
    await Promise.all([board.open(), practice.open(), northDoor.open(), clinicDoor.open()]);
    const token = (whose: string) => join(folder, `${whose}.token`);
    // Read again at each call: who issues them is not there yet.
    for (const whose of ['north', 'clinic']) writeFileSync(token(whose), 'to come');
    const partners = join(folder, 'clinic.json');
    const toNorth = { name: 'north', kind: 'fhir', baseUrl: northDoor.fhir, tokenFile: token('north') };
    writeFileSync(partners, JSON.stringify([toNorth]));
    clinic = await openHouse({
      settings: { SEPTUM_PARTNERS_FILE: partners },
      // Twelve processes more than one machine has room for beside North's; `npm run verify` starts them all.
      ...(isLong ? {} : { topology: 'one' as const }),
    });
    clinicDoor.leadTo(clinic);
    const toClinic = {
      name: 'clinic',
      kind: 'fhir-push',
      baseUrl: clinicDoor.fhir,
      tokenFile: token('clinic'),
    };
    const toPractice = { name: 'practice', kind: 'mllp', baseUrl: practice.url };
    north = await openHouse({ settings: board.partner(toClinic, toPractice) });
    northDoor.leadTo(north);
    writeFileSync(token('north'), await north.tokenFor(everything));
    writeFileSync(token('clinic'), await clinic.tokenFor(everything));
    await directory();
    await put({ ...board.subscription('discharges', encounterEnd) });
  });
  afterAll(async () => {
    await Promise.all([north?.stop(), clinic?.stop()]);
    await Promise.all([board.close(), practice.close(), northDoor.close(), clinicDoor.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  async function put(resource: Json): Promise<void> {
    const { status, text } = await north.fhir.put(
      `${String(resource['resourceType'])}/${String(resource['id'])}`,
      resource,
    );
    expect([status, [200, 201].includes(status) ? '' : text]).toEqual([status, '']);
  }

  /** Whom North knows, and where they take what they are told. */
  async function directory(): Promise<void> {
    const endpoint = (id: string, code: string, address: string) => ({
      resourceType: 'Endpoint',
      id,
      status: 'active',
      connectionType: { system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type', code },
      payloadType: [{ text: 'Notices and discharge documents' }],
      address,
    });
    await put(endpoint('clinic-messages', 'hl7-fhir-msg', clinicDoor.fhir));
    await put(endpoint('clinic-documents', 'hl7-fhir-rest', clinicDoor.fhir));
    await put(endpoint('practice', 'hl7v2-mllp', practice.url));
    await put({
      resourceType: 'Organization',
      id: 'clinic',
      active: true,
      name: 'The clinic',
      endpoint: [{ reference: 'Endpoint/clinic-messages' }, { reference: 'Endpoint/clinic-documents' }],
    });
  }

  async function found(house: House, query: string): Promise<Json[]> {
    const { body } = await house.fhir.get<Bundle>(query);
    return (body.entry ?? []).map(({ resource }) => resource);
  }

  const one = (house: House, query: string) =>
    eventually(async () => {
      const [resource, ...more] = await found(house, query);
      if (resource === undefined) throw new Error(`${query} finds nothing yet`);
      expect(more).toEqual([]);
      return resource;
    }, arrivesWithinMs);

  /** The patient's doctor and the clinic have to do with the patient before the stay begins. */
  async function registered(who: string, feed: V2Feed): Promise<void> {
    const { segments } = stayInMessages(who)[0]!;
    await feed.send('ADT^A28^ADT_A05', segments.slice(0, 2));
    const patient = await one(north, `Patient?identifier=${who}`);
    const [doctor] = patient['generalPractitioner'] as { reference: string }[];
    await put({
      resourceType: 'PractitionerRole',
      id: 'stern-at-practice',
      active: true,
      practitioner: { reference: doctor!.reference },
      endpoint: [{ reference: 'Endpoint/practice' }],
    });
    await put({
      resourceType: 'CareTeam',
      id: `team-${who}`,
      status: 'active',
      subject: { reference: `Patient/${String(patient['id'])}` },
      participant: [{ member: { reference: 'Organization/clinic' } }],
    });
  }

  /** What everybody has at the end, each once. */
  async function toldOnce(who: string): Promise<void> {
    const there = await one(clinic, `Patient?identifier=${who}`);
    const id = String(there['id']);
    const document = await one(clinic, `DocumentReference?patient=${id}`);
    expect(document).toMatchObject({ status: 'current', type: { coding: [{ code: '18842-5' }] } });
    const [{ attachment }] = document['content'] as [{ attachment: { url: string } }];
    const read = await clinic.fhir.get<Json>(attachment.url);
    expect([read.status, read.text]).toEqual([200, expect.stringContaining(`Winter-${who}`)]);
    expect(read.text).toContain('Amlodipine');

    const history = await clinic.fhir.get(`Patient/${id}/$medication-history`);
    expect([history.status, history.text]).toEqual([200, expect.stringContaining('Amlodipine')]);

    await eventually(async () => {
      expect(await found(clinic, `Communication?subject=Patient/${id}`)).toHaveLength(3);
      expect(practice.events(who)).toEqual(['ADT^A04', 'ADT^A01', 'ADT^A03', 'MDM^T02']);
      expect(
        board.news('discharges').filter((each) => JSON.stringify(each).includes(encounterOf.get(who)!)),
      ).toHaveLength(1);
    }, arrivesWithinMs);
    const here = await one(north, `Patient?identifier=${who}`);
    await eventually(async () => {
      const told = await found(north, `Communication?subject=Patient/${String(here['id'])}&_count=50`);
      expect(told.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'completed'));
    }, arrivesWithinMs);
  }
  const encounterOf = new Map<string, string>();

  /** `around`: what happens while a step is being sent. */
  async function stay(who: string, around: (step: number) => Promise<void>): Promise<void> {
    const feed = new V2Feed(who, () => north.mllpPort);
    await registered(who, feed);
    for (const [step, { type, segments }] of stayInMessages(who).entries()) {
      await Promise.all([feed.send(type, segments), around(step)]);
    }
    encounterOf.set(who, String((await one(north, `Encounter?identifier=V${who}`))['id']));
    await toldOnce(who);
  }

  it('is told to the clinic, the practice and the board, each once', async () => {
    await stay('700', () => Promise.resolve());
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
        await Promise.all([killed(north, part(step)), killed(clinic, part(step))]);
      });
    },
  );
});
