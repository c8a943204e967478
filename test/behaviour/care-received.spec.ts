import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWithData, eventually, openHouse, type House, type Json } from '#platform/testing';
import { V2Feed } from './harness/v2-feed.ts';

interface Found {
  readonly entry?: readonly { readonly resource: Json }[];
}

const system = 'http://elsewhere.example/mrn';

function foreignPatient(known: string | Json): Json {
  return {
    resourceType: 'Patient',
    id: 'theirs',
    identifier: [typeof known === 'string' ? { system, value: known } : known],
    name: [{ family: 'Foreign', given: ['Fay'] }],
    birthDate: '1961-07-01',
  };
}

const hospital: Json = {
  resourceType: 'Organization',
  id: 'elsewhere',
  identifier: [{ system: 'urn:oid:1.2.3', value: 'ELSE' }],
  name: 'Elsewhere Hospital',
};

function bundle(type: string, identifier: string, ...resources: readonly Json[]): Json {
  return {
    resourceType: 'Bundle',
    type,
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${identifier}` },
    timestamp: '2026-11-22T10:00:00Z',
    entry: resources.map((resource) => ({
      fullUrl: `https://elsewhere.example/fhir/${String(resource['resourceType'])}/${String(resource['id'])}`,
      resource,
    })),
  };
}

function notice(patient: string | Json, identifier = randomUUID(), event = 'notification-admit'): Json {
  const header = {
    resourceType: 'MessageHeader',
    id: randomUUID(),
    eventCoding: {
      system: 'http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event',
      code: event,
    },
    source: { name: 'Elsewhere', endpoint: 'https://elsewhere.example/fhir' },
    sender: { reference: 'Organization/elsewhere' },
    focus: [{ reference: 'Encounter/stay' }],
  };
  const encounter = {
    resourceType: 'Encounter',
    id: 'stay',
    status: 'in-progress',
    class: { code: 'IMP', display: 'inpatient encounter' },
    subject: { reference: 'Patient/theirs' },
    participant: [{ individual: { display: 'Dr. Mer Grey' } }],
    period: { start: '2026-11-22T09:30:00Z' },
    serviceProvider: { reference: 'Organization/elsewhere' },
  };
  return bundle('message', identifier, header, encounter, foreignPatient(patient), hospital);
}

interface Version {
  readonly patient: string | undefined;
  readonly set: string;
  readonly date: string;
}

/** As another Septum has it: tagged like ours, and not ours. */
function document(id: string, { patient, set, date }: Version): Json {
  const meta = { tag: [{ system: 'https://septum.dev/fhir/CodeSystem/rule-pack', code: 'built-in|1' }] };
  const composition = {
    resourceType: 'Composition',
    id: 'summary',
    meta,
    identifier: { system: 'urn:elsewhere:set', value: set },
    status: 'final',
    type: { coding: [{ system: 'http://loinc.org', code: '18842-5' }] },
    ...(patient === undefined ? {} : { subject: { reference: 'Patient/theirs' } }),
    date,
    author: [{ reference: 'Organization/elsewhere' }],
    custodian: { reference: 'Organization/elsewhere' },
    title: 'Discharge summary',
  };
  const others = patient === undefined ? [hospital] : [foreignPatient(patient), hospital];
  return { ...bundle('document', id, composition, ...others), id, meta };
}

describe('what other systems send', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house?.stop());

  async function found(query: string): Promise<readonly Json[]> {
    const { status, text, body } = await house.fhir.get<Found>(query);
    if (status !== 200) throw new Error(`${query.split('?')[0]} answers ${status}: ${text}`);
    return (body.entry ?? []).map(({ resource }) => resource);
  }

  /** As many as there are to be; more may come late, so the caller looks again. */
  function until(query: string, count: number): Promise<readonly Json[]> {
    return eventually(async () => {
      const resources = await found(query);
      if (resources.length < count) throw new Error(`${resources.length} of ${count}`);
      return resources;
    });
  }

  /** A patient of ours whom the other system knows by a number of its own, too. */
  async function ours(): Promise<{ id: string; number: string; patient: Json }> {
    const [id, number] = [randomUUID(), randomUUID()];
    const patient = {
      resourceType: 'Patient',
      id,
      identifier: [
        { system: 'http://here.example/mrn', value: id },
        { system, value: number },
      ],
      name: [{ family: 'Known' }],
    };
    await house.put(patient);
    return { id, number, patient };
  }

  it('is a notice, which is on the record of the patient it names, once', async () => {
    const { id, number, patient } = await ours();
    const message = notice(number);
    const first = await house.fhir.post<Json>('$process-message', message);
    const second = await house.fhir.post<Json>('$process-message', message);
    expect([first.status, first.text]).toEqual([200, second.text]);
    expect(first.body).toMatchObject({
      type: 'message',
      entry: [{ resource: { resourceType: 'MessageHeader', response: { code: 'ok' } } }],
    });
    const [communication] = await until(`Communication?patient=${id}`, 1);
    expect(communication).toMatchObject({
      status: 'completed',
      category: [{ coding: [{ code: 'notification' }] }],
      subject: { reference: `Patient/${id}` },
      sender: { display: 'Elsewhere Hospital', identifier: { value: 'ELSE' } },
      sent: '2026-11-22T10:00:00Z',
      received: expect.any(String),
      payload: [
        {
          contentString:
            'Admitted: inpatient encounter, since 2026-11-22 09:30 UTC, at Elsewhere Hospital, treated by Dr. Mer Grey.',
        },
      ],
    });
    const [{ reference }] = communication!['about'] as [{ reference: string }];
    expect((await house.fhir.get<Json>(reference)).body['entry']).toEqual(message['entry']);
    // Another message behind it in the patient's order: when that is there, a second effect of the first would be.
    await house.fhir.post('$process-message', notice(number, randomUUID(), 'notification-discharge'));
    await until(`Communication?patient=${id}`, 2);
    expect(await found(`Communication?patient=${id}`)).toHaveLength(2);
    expect((await house.fhir.get<Json>(`Patient/${id}`)).body).toMatchObject({
      ...patient,
      meta: { versionId: '1' },
    });
  });

  it('makes a patient whom nobody knew, and makes one of two messages at once', async () => {
    const number = randomUUID();
    const answers = await Promise.all(
      [notice(number), notice(number, randomUUID(), 'notification-transfer')].map((message) =>
        house.fhir.post('$process-message', message),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const [patient] = await until(`Patient?identifier=${system}|${number}`, 1);
    expect(patient).toMatchObject({ name: [{ family: 'Foreign' }], birthDate: '1961-07-01' });
    await until(`Communication?patient=${String(patient!['id'])}`, 2);
    expect(await found(`Patient?identifier=${system}|${number}`)).toHaveLength(1);
  });

  it('makes one patient with a message of HL7 v2 that comes at the same time', async () => {
    const number = randomUUID();
    const registration = [
      'EVN||20261122',
      `PID|1||${number}^^^&1.2.840.113619.4711&ISO^MR||Foreign^Fay||19610701|F`,
    ];
    const known = { system: 'urn:oid:1.2.840.113619.4711', value: number };
    const feed = new V2Feed(`at-once-${number.slice(0, 4)}`, () => house.mllpPort);
    const [{ status }] = await Promise.all([
      house.fhir.post('$process-message', notice(known)),
      feed.send('ADT^A28^ADT_A05', registration),
    ]);
    expect(status).toBe(200);
    await eventually(async () => {
      const patients = await found(`Patient?identifier=${known.system}|${number}`);
      expect(patients).toMatchObject([{ gender: 'female' }]);
      expect(await found(`Communication?patient=${String(patients[0]!['id'])}`)).toHaveLength(1);
    });
  });

  it('is refused when it is of another event, or about nobody', async () => {
    const other = await house.fhir.post<Json>(
      '$process-message',
      notice('1', randomUUID(), 'notification-birth'),
    );
    expect([other.status, other.body['resourceType']]).toEqual([400, 'OperationOutcome']);
    expect(other.text).toContain('notification-admit, notification-discharge, notification-transfer');
    const nobody = notice('');
    const refused = await house.fhir.post<Json>('$process-message', {
      ...nobody,
      entry: (nobody['entry'] as { resource: Json }[]).filter(
        ({ resource }) => resource['resourceType'] !== 'Patient',
      ),
    });
    expect(refused.status).toBe(422);
  });

  it('is a document, which is found by its patient, and replaces the one before', async () => {
    const { id, number } = await ours();
    const set = randomUUID();
    const first = document(randomUUID(), { patient: number, set, date: '2026-11-20T10:00:00Z' });
    await house.put(first);
    await house.put(first);
    const [reference] = await until(`DocumentReference?patient=${id}`, 1);
    expect(reference).toMatchObject({
      status: 'current',
      meta: { versionId: '1' },
      type: { coding: [{ code: '18842-5' }] },
      subject: { reference: `Patient/${id}` },
      custodian: { display: 'Elsewhere Hospital' },
      content: [{ attachment: { url: `Bundle/${String(first['id'])}` } }],
    });
    const second = document(randomUUID(), { patient: number, set, date: '2026-11-21T10:00:00Z' });
    await house.put(second);
    await until(`DocumentReference?patient=${id}&status=superseded`, 1);
    const [current, ...others] = await found(`DocumentReference?patient=${id}&status=current`);
    expect(others).toEqual([]);
    expect(current).toMatchObject({
      relatesTo: [
        { code: 'replaces', target: { reference: `DocumentReference/${String(reference!['id'])}` } },
      ],
      content: [{ attachment: { url: `Bundle/${String(second['id'])}` } }],
    });
    // Whose it is, the Bundle itself does not tell: its patients have the ids of another house.
    const theirs = await house.clientWith(['patient/*.rs'], ['theirs']);
    expect((await theirs.get(`Bundle/${String(second['id'])}`)).status).toBe(404);
    const everything = await found(`Patient/${id}/$everything`);
    expect(everything.filter(({ resourceType }) => resourceType === 'DocumentReference')).toHaveLength(2);
  });

  it('is a document of nobody, which waits in the work list until it comes with its patient', async () => {
    const { id, number } = await ours();
    const version = { patient: undefined, set: randomUUID(), date: '2026-11-20T10:00:00Z' };
    const nobodys = randomUUID();
    await house.put(document(nobodys, version));
    const [task] = await until(`Task?focus=Bundle/${nobodys}&status=requested`, 1);
    expect(task).toMatchObject({ intent: 'order', description: expect.stringContaining('identifier') });
    await house.put(document(nobodys, { ...version, patient: number }));
    await until(`DocumentReference?patient=${id}`, 1);
    expect(await found(`Task?focus=Bundle/${nobodys}&status=requested`)).toEqual([]);
  });

  it('is of the patient who remains, when the one it names was merged', async () => {
    const { id } = await ours();
    const merged = await ours();
    const link = [{ other: { reference: `Patient/${id}` }, type: 'replaced-by' }];
    await house.put({ ...merged.patient, active: false, link });
    await house.fhir.post('$process-message', notice(merged.number));
    const [communication] = await until(`Communication?patient=${id}`, 1);
    expect(communication).toMatchObject({ subject: { reference: `Patient/${id}` } });
  });

  it('waits for a person, when several patients have the number', async () => {
    const { patient, number } = await ours();
    await house.put({ ...patient, id: randomUUID() });
    const message = document(randomUUID(), { patient: number, set: randomUUID(), date: '2026-11-20' });
    await house.put(message);
    const [task] = await until(`Task?focus=Bundle/${String(message['id'])}`, 1);
    expect(task).toMatchObject({
      status: 'requested',
      description: expect.stringContaining('Several patients'),
    });
  });

  describeWithData('as the guide has it', 'discharge', (folder) => {
    it.each(['admit', 'transfer'])('is taken: %s', async (event) => {
      const name = `${event}-notification-message-bundle-01.json`;
      const message = JSON.parse(readFileSync(join(folder, 'davinci-alerts', name), 'utf8')) as Json;
      const { status, text } = await house.fhir.post('$process-message', message);
      expect([status, status === 200 ? '' : text]).toEqual([200, '']);
    });
  });
});
