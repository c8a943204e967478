import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, openHouse, type House, type HouseTopology, type Json } from '#platform/testing';
import { FrontDoor } from './front-door.ts';
import { PracticeSystem } from './practice-system.ts';
import { stayInMessages } from './stay-in-messages.ts';
import { V2Feed } from './v2-feed.ts';
import { encounterEnd, WardBoard } from './ward-board.ts';

interface Bundle {
  readonly entry?: readonly { readonly resource: Json }[];
}

const everything = ['system/*.cruds'];
const arrivesWithinMs = 120_000;

/**
 * The hospital North and the clinic, each a Septum with a database of its own, which know each other by address alone; a
 * practice that takes HL7 v2; and the board on a ward, which subscribed to the ends of stays.
 */
export class TwoHospitals {
  readonly #folder = mkdtempSync(join(tmpdir(), 'septum-two-hospitals-'));
  readonly board = new WardBoard();
  readonly practice = new PracticeSystem();
  readonly #northDoor = new FrontDoor();
  readonly #clinicDoor = new FrontDoor();
  #north: House | undefined;
  #clinic: House | undefined;

  get north(): House {
    return this.#north!;
  }

  get clinic(): House {
    return this.#clinic!;
  }

  /** Each in the topology that is tested, or in the one named for it. */
  async open(topologies: { north?: HouseTopology; clinic?: HouseTopology } = {}): Promise<void> {
    const [north, clinic] = [this.#northDoor, this.#clinicDoor];
    await Promise.all([this.board.open(), this.practice.open(), north.open(), clinic.open()]);
    const token = (whose: string) => join(this.#folder, `${whose}.token`);
    // Read again at each call: who issues them is not there yet.
    for (const whose of ['north', 'clinic']) writeFileSync(token(whose), 'to come');
    const partners = join(this.#folder, 'clinic.json');
    const toNorth = { name: 'north', kind: 'fhir', baseUrl: north.fhir, tokenFile: token('north') };
    writeFileSync(partners, JSON.stringify([toNorth]));
    this.#clinic = await openHouse({
      ...inTopology(topologies.clinic),
      settings: { SEPTUM_PARTNERS_FILE: partners },
    });
    clinic.leadTo(this.#clinic);
    const toClinic = {
      name: 'clinic',
      kind: 'fhir-push',
      baseUrl: clinic.fhir,
      tokenFile: token('clinic'),
    };
    const toPractice = { name: 'practice', kind: 'mllp', baseUrl: this.practice.url };
    this.#north = await openHouse({
      ...inTopology(topologies.north),
      settings: this.board.partner(toClinic, toPractice),
    });
    north.leadTo(this.#north);
    writeFileSync(token('north'), await this.#north.tokenFor(everything));
    writeFileSync(token('clinic'), await this.#clinic.tokenFor(everything));
    await this.#directory();
    await this.#north.put(this.board.subscription('discharges', encounterEnd));
  }

  async close(): Promise<void> {
    await Promise.all([this.#north?.stop(), this.#clinic?.stop()]);
    const doors = [this.#northDoor, this.#clinicDoor];
    await Promise.all([this.board, this.practice, ...doors].map((each) => each.close()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Whom North knows, and where they take what they are told. */
  async #directory(): Promise<void> {
    const endpoint = (id: string, code: string, address: string) => ({
      resourceType: 'Endpoint',
      id,
      status: 'active',
      connectionType: { system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type', code },
      payloadType: [{ text: 'Notices and discharge documents' }],
      address,
    });
    const known = [
      endpoint('clinic-messages', 'hl7-fhir-msg', this.#clinicDoor.fhir),
      endpoint('clinic-documents', 'hl7-fhir-rest', this.#clinicDoor.fhir),
      endpoint('practice', 'hl7v2-mllp', this.practice.url),
      {
        resourceType: 'Organization',
        id: 'clinic',
        active: true,
        name: 'The clinic',
        endpoint: [{ reference: 'Endpoint/clinic-messages' }, { reference: 'Endpoint/clinic-documents' }],
      },
    ];
    for (const resource of known) await this.north.put(resource);
  }

  async found(house: House, query: string): Promise<Json[]> {
    const { body } = await house.fhir.get<Bundle>(query);
    return (body.entry ?? []).map(({ resource }) => resource);
  }

  /** What a search finds, once it finds one. */
  one(house: House, query: string): Promise<Json> {
    return eventually(async () => {
      const found = await this.found(house, query);
      if (found.length !== 1) throw new Error(`${query} finds ${found.length} and not one`);
      return found[0]!;
    }, arrivesWithinMs);
  }

  /** Of a patient `who`, whose doctor and whose clinic are to be told of what happens: what North's systems send. */
  async registered(who: string): Promise<V2Feed> {
    const feed = new V2Feed(who, () => this.north.mllpPort);
    const { segments } = stayInMessages(who)[0]!;
    await feed.send('ADT^A28^ADT_A05', segments.slice(0, 2));
    const patient = await this.one(this.north, `Patient?identifier=${who}`);
    const [doctor] = patient['generalPractitioner'] as { reference: string }[];
    await this.north.put({
      resourceType: 'PractitionerRole',
      id: 'stern-at-practice',
      active: true,
      practitioner: { reference: doctor!.reference },
      endpoint: [{ reference: 'Endpoint/practice' }],
    });
    await this.north.put({
      resourceType: 'CareTeam',
      id: `team-${who}`,
      status: 'active',
      subject: { reference: `Patient/${String(patient['id'])}` },
      participant: [{ member: { reference: 'Organization/clinic' } }],
    });
    return feed;
  }
}

function inTopology(topology: HouseTopology | undefined): { topology?: HouseTopology } {
  return topology === undefined ? {} : { topology };
}
