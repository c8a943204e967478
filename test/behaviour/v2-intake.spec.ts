import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { frame, FrameReader, parseMessage, type Message } from '#platform/hl7v2';
import { eventually, openHouse, type House, type Json } from '#platform/testing';
import { markedPack } from '../rule-packs/marked-pack.ts';

interface Bundle {
  readonly total?: number;
  readonly entry?: readonly { readonly resource: Json }[];
}

let control = 0;

/** A message of a hospital's registration system. */
function message(
  event: string,
  segments: readonly string[],
  header: { id?: string; enhanced?: string } = {},
): string {
  control += 1;
  const { id = `C${control}`, enhanced = '||||' } = header;
  const type = event.startsWith('A') ? `ADT^${event}` : event;
  return [
    `MSH|^~\\&|REG|NORTH|SEPTUM|NORTH|20260301080000+0000||${type}|${id}|P|2.5.1${enhanced}`,
    ...segments,
  ].join('\r');
}

const person = (number: string, family: string, more = '') =>
  `PID|1||${number}^^^NORTH^MR||${family}^Ada||19700102|F${more}`;
const visit = (number: string, ward = 'W1') =>
  `PV1|1|I|${ward}^101^1^NORTH||||||||||||||||${number}^^^NORTH^VN||||||||||||||||||||||||20260301080000+0000`;

describe('HL7 v2 messages', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  }, 240_000);
  afterAll(() => house?.stop());

  /** Sends frames over one connection and waits for so many acknowledgements. */
  async function send(bytes: Uint8Array, answers = 1): Promise<readonly Message[]> {
    const socket = connect({ host: '127.0.0.1', port: house.mllpPort });
    const reader = new FrameReader({ maxFrameBytes: 1_000_000 });
    const found: Message[] = [];
    try {
      await new Promise<void>((resolve, reject) => {
        socket.on('error', reject);
        socket.on('close', () => reject(new Error('closed without an acknowledgement')));
        socket.on('data', (piece) => {
          for (const event of reader.push(piece))
            if (event.kind === 'frame') found.push(parseMessage(Buffer.from(event.bytes).toString()));
          if (found.length >= answers) resolve();
        });
        socket.write(bytes);
      });
    } finally {
      socket.destroy();
    }
    return found;
  }
  const sendOne = async (text: string) => (await send(frame(Buffer.from(text))))[0]!;
  const patientOf = async (number: string) => {
    const { body } = await house.fhir.get<Bundle>(`Patient?identifier=${number}`);
    return (body.entry ?? []).map(({ resource }) => resource);
  };

  it('become resources, once they are acknowledged', async () => {
    // A control id may be any text; the source of what it makes is a URI.
    const text = message('A01', [person('100', 'Okafor'), visit('V100')], { id: 'reg 1/a%' });
    const acknowledged = await sendOne(text);
    expect(acknowledged.at('MSA-1')).toBe('AA');
    const patient = await eventually(async () => {
      const [found] = await patientOf('100');
      if (found === undefined) throw new Error('not applied yet');
      return found;
    });
    expect(patient).toMatchObject({
      gender: 'female',
      birthDate: '1970-01-02',
      name: [{ family: 'Okafor', given: ['Ada'] }],
      meta: { source: 'urn:septum:v2:mllp#reg%201%2Fa%25' },
    });
    await eventually(async () => {
      const { body } = await house.fhir.get<Bundle>(`Encounter?subject=Patient/${String(patient['id'])}`);
      expect(body.entry?.map(({ resource }) => resource['status'])).toEqual(['in-progress']);
    });
  });

  it('that come again are acknowledged as the first time and change nothing', async () => {
    const text = message('A28', [person('101', 'Once')]);
    const first = await sendOne(text);
    const again = await sendOne(text);
    expect(again.text).toBe(first.text);
    await eventually(async () => {
      const [patient] = await patientOf('101');
      expect(patient).toMatchObject({ meta: { versionId: '1' } });
    });
  });

  it('of one patient are applied in their order', async () => {
    const names = Array.from({ length: 20 }, (_, nth) => `Name${nth}`);
    const frames = names.map((family) => frame(Buffer.from(message('A08', [person('102', family)]))));
    const answers = await send(Buffer.concat(frames), frames.length);
    expect(answers.map((answer) => answer.at('MSA-1'))).toEqual(names.map(() => 'AA'));
    await eventually(async () => {
      const [patient] = await patientOf('102');
      expect(patient).toMatchObject({ name: [{ family: 'Name19' }] });
    });
  });

  it('that cannot be read, or are not for us, are refused with their place and kept in the queue', async () => {
    const refused = await sendOne(message('ZZZ^Z01', [person('105', 'Nobody')]));
    expect(refused.at('MSA-1')).toBe('AR');
    expect(refused.at('ERR-2.1')).toBe('MSH');
    expect(refused.at('ERR-3.1')).toBe('200');
    const { body } = await house.fhir.get<{ parameter: { part: Record<string, unknown>[] }[] }>(
      '$v2-messages?state=rejected',
    );
    const [newest] = body.parameter;
    expect(newest?.part).toContainEqual({ name: 'event', valueCode: 'ZZZ^Z01' });
    expect(newest?.part).toContainEqual({
      name: 'issue',
      part: [
        { name: 'location', valueString: 'MSH-9' },
        { name: 'code', valueCode: '200' },
        { name: 'text', valueString: expect.any(String) },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('Nobody');
  });

  it('in enhanced mode are told to be stored, then what became of them', async () => {
    const text = message('A28', [person('106', 'Enhanced')], { enhanced: '|||AL|AL' });
    const answers = await send(frame(Buffer.from(text)), 2);
    expect(answers.map((answer) => answer.at('MSA-1'))).toEqual(['CA', 'AA']);
  });

  type Part = Record<string, unknown>;
  const queue = async (query: string) => {
    const { status, body } = await house.fhir.get<{ parameter: { part?: Part[] }[] }>(
      `$v2-messages?${query}`,
    );
    expect(status).toBe(200);
    const of = (part: Part[], name: string) => part.find((each) => each['name'] === name);
    return body.parameter
      .flatMap(({ part }) => (part === undefined ? [] : [part]))
      .map((part) => ({
        id: String(of(part, 'id')?.['valueUuid']),
        event: of(part, 'event')?.['valueCode'],
        state: of(part, 'state')?.['valueCode'],
        repeated: of(part, 'repeated')?.['valueUnsignedInt'],
        attempt: of(part, 'attempt')?.['valuePositiveInt'],
      }));
  };
  const resend = (...parameter: object[]) =>
    house.fhir.post('$v2-resend', { resourceType: 'Parameters', parameter });

  it('that were refused are corrected and sent again, and the old one is dismissed', async () => {
    const wrong = message('A28', [person('107', 'Corrected')]).replace('|2.5.1', '|9.9');
    expect((await sendOne(wrong)).at('ERR-3.1')).toBe('203');
    const [refused] = await queue('state=rejected&_count=1');
    const { body } = await house.fhir.get<{ parameter: { name: string; valueString?: string }[] }>(
      `$v2-message?id=${refused!.id}`,
    );
    const text = body.parameter.find(({ name }) => name === 'body')!.valueString!;
    expect(text.split('\n')).toHaveLength(2);
    const id = { name: 'id', valueUuid: refused!.id };
    const still = await resend(id, { name: 'body', valueString: text });
    expect(still.status).toBe(409);
    const { status } = await resend(id, { name: 'body', valueString: text.replace('|9.9', '|2.5.1') });
    expect(status).toBe(200);
    await eventually(async () => {
      expect(await patientOf('107')).toMatchObject([{ name: [{ family: 'Corrected' }] }]);
    });
    expect(await queue('state=dismissed&_count=1')).toMatchObject([{ id: refused!.id }]);
    expect((await resend(id, { name: 'dismiss', valueBoolean: true })).status).toBe(404);
  });

  it('that were refused for what was not wrong with them are taken as they came', async () => {
    const test = message('A28', [person('120', 'Asitcame')]).replace('|P|2.5.1', '|T|2.5.1');
    expect((await sendOne(test)).at('ERR-3.1')).toBe('202');
    const [refused] = await queue('state=rejected&_count=1');
    expect(await resend({ name: 'id', valueUuid: refused!.id })).toMatchObject({
      status: 200,
      body: { parameter: [{ name: 'applied', valueUnsignedInt: 1 }] },
    });
    await eventually(async () => {
      expect(await patientOf('120')).toMatchObject([{ name: [{ family: 'Asitcame' }] }]);
    });
  });

  it('are listed, read, corrected and laid aside from the command line', async () => {
    await sendOne(message('A28', [person('109', 'Typed')]).replace('|2.5.1', '|9.9'));
    const list = ['v2', 'list', '--state', 'rejected', '--count', '1'];
    const { messages } = JSON.parse((await house.command(...list, '--json')).stdout) as {
      messages: { id: string; state: string; issues: { location: string; code: string }[] }[];
    };
    expect(messages).toMatchObject([{ state: 'rejected', issues: [{ location: 'MSH-12', code: '203' }] }]);
    const { id } = messages[0]!;
    const listed = (await house.command(...list)).stdout;
    expect(listed).toContain(id);
    expect(listed).not.toContain('Typed');
    const { stdout } = await house.command('v2', 'show', id);
    const folder = await mkdtemp(join(tmpdir(), 'septum-v2-'));
    const corrected = join(folder, 'corrected.hl7');
    await writeFile(corrected, stdout.replace('|9.9', '|2.5.1'));
    await house.command('v2', 'resend', id, '--body', corrected);
    await rm(folder, { recursive: true });
    await eventually(async () => {
      expect(await patientOf('109')).toMatchObject([{ name: [{ family: 'Typed' }] }]);
    });
    await expect(house.command('v2', 'resend', id, '--dismiss')).rejects.toMatchObject({
      stderr: expect.stringContaining('No rejected or failed message has this id.'),
    });
    await expect(house.command('v2', 'resend')).rejects.toMatchObject({
      stderr: expect.stringContaining('Give either the id of a message, or --from and --to.'),
    });
  });

  it('are applied again when they are asked for, which changes nothing', async () => {
    await sendOne(message('A28', [person('108', 'Again')]));
    const applied = await eventually(async () => {
      const [newest] = await queue('_count=1');
      expect(newest).toMatchObject({ event: 'ADT^A28', state: 'applied' });
      return newest!;
    });
    const [before] = await patientOf('108');
    expect(await resend({ name: 'id', valueUuid: applied.id })).toMatchObject({
      status: 200,
      body: { parameter: [{ name: 'applied', valueUnsignedInt: 1 }] },
    });
    await eventually(async () => {
      expect(await queue('_count=1')).toMatchObject([{ id: applied.id, state: 'applied', attempt: 2 }]);
    });
    expect(await patientOf('108')).toEqual([before]);
  });

  it('are seen by those alone who may', async () => {
    const nobody = await house.clientWith(['system/Patient.cruds']);
    expect((await nobody.get('$v2-messages')).status).toBe(403);
    expect((await nobody.post('$v2-resend', { resourceType: 'Parameters' })).status).toBe(403);
    expect((await nobody.get('$rules-list')).status).toBe(403);
    expect((await nobody.post('$rules-add', markedPack('9.0'))).status).toBe(403);
    expect((await nobody.get('$rules-try-discharges?name=marked&version=1.0')).status).toBe(403);
    const patient = await house.clientWith(['patient/*.cruds'], ['somebody']);
    expect((await patient.get<{ parameter: unknown[] }>('$v2-messages')).body.parameter).toEqual([]);
    expect((await patient.post('$v2-resend', { resourceType: 'Parameters' })).status).toBe(403);
    expect((await patient.get('$rules-list')).status).toBe(403);
  });

  const dated = (number: string, admitted = '20260301080000+0000', discharged = '') =>
    `PV1|1|I|W1^101^1^NORTH||||||||||||||||${number}^^^NORTH^VN|${'|'.repeat(16)}01${'|'.repeat(8)}${admitted}|${discharged}`;
  const encounterOf = async (number: string) => {
    const { body } = await house.fhir.get<Bundle>(`Encounter?identifier=${number}`);
    return body.entry?.[0]?.resource;
  };
  const becomes = (number: string, status: string) =>
    eventually(async () => {
      const encounter = await encounterOf(number);
      expect(encounter).toMatchObject({ status });
      return encounter!;
    });

  it('tell a stay from its beginning to its end, which makes its summary', async () => {
    const ada = person('110', 'Stay');
    await sendOne(message('A04', [ada, dated('V110').replace('|I|', '|E|')]));
    await sendOne(message('A01', [ada, dated('V110')]));
    await sendOne(
      message('RDE^O11', [
        ada,
        'ORC|NW|R110^NORTH|F110^NORTH||IP||||20260301090000+0000',
        'RXE||197361^Amlodipine 5 MG Oral Tablet^RXNORM|5||mg^^UCUM|TAB',
        'RXR|PO^Oral^HL70162',
      ]),
    );
    await sendOne(
      message('ORU^R01', [
        ada,
        dated('V110'),
        'OBR|1|P110^NORTH|L110^NORTH|2345-7^Glucose^LN|||20260301100000+0000|||||||||||||||20260301110000+0000|||F',
        'OBX|1|NM|2345-7^Glucose^LN||95.10|mg/dL^^UCUM|||||F|||20260301100000+0000',
      ]),
    );
    await becomes('V110', 'in-progress');
    await sendOne(message('A03', [ada, dated('V110', '20260301080000+0000', '20260305100000+0000')]));
    const encounter = await becomes('V110', 'finished');
    expect(encounter).toMatchObject({ period: { end: expect.stringContaining('2026-03-05T10:00:00') } });
    const document = await eventually(async () => {
      const { body } = await house.fhir.get<Bundle>(
        `DocumentReference?encounter=Encounter/${String(encounter['id'])}`,
      );
      expect(body.entry).toHaveLength(1);
      return body.entry![0]!.resource;
    });
    expect(document).toMatchObject({ status: 'current' });
    await eventually(async () => {
      const { body } = await house.fhir.get<Bundle>(
        `Communication?encounter=Encounter/${String(encounter['id'])}`,
      );
      const topics = (body.entry ?? []).map(
        ({ resource }) => (resource as { topic?: { coding: { code: string }[] } }).topic?.coding[0]?.code,
      );
      expect(topics.toSorted()).toEqual(['discharge', 'emergency-registration', 'inpatient-admission']);
    });
    const results = await house.fhir.get(`Observation?encounter=Encounter/${String(encounter['id'])}`);
    expect(results.text).toContain('"value":95.10,');
    const { body: medications } = await house.fhir.get<Bundle>('MedicationRequest?identifier=R110');
    expect(medications.entry).toHaveLength(1);

    await sendOne(message('A13', [ada, dated('V110')]));
    await becomes('V110', 'in-progress');
    await eventually(async () => {
      const { body } = await house.fhir.get<Json>(`DocumentReference/${String(document['id'])}`);
      expect(body).toMatchObject({ status: 'entered-in-error' });
    });
  });

  it('that call an admission off leave it recorded as an error', async () => {
    await sendOne(message('A01', [person('111', 'Mistake'), dated('V111')]));
    await becomes('V111', 'in-progress');
    await sendOne(message('A11', [person('111', 'Mistake'), dated('V111')]));
    await becomes('V111', 'entered-in-error');
  });

  it('that a context refuses are told in the queue with their place, and hold nobody up', async () => {
    const ada = person('112', 'Refused');
    await sendOne(message('A01', [ada, dated('V112')]));
    await sendOne(message('A11', [ada, dated('V112')]));
    await sendOne(message('A03', [ada, dated('V112', '20260301080000+0000', '20260305100000+0000')]));
    await sendOne(message('A08', [person('112', 'Afterwards'), dated('V112').replace('|I|', '|O|')]));
    await eventually(async () => {
      expect(await patientOf('112')).toMatchObject([{ name: [{ family: 'Afterwards' }] }]);
    });
    const { body } = await house.fhir.get<{ parameter: { part: { name: string; part?: object[] }[] }[] }>(
      '$v2-messages?state=failed&_count=1',
    );
    const issue = body.parameter[0]!.part.find(({ name }) => name === 'issue')!;
    expect(issue.part).toContainEqual({
      name: 'text',
      valueString: expect.stringContaining('entered-in-error'),
    });
  });

  it('of a patient whose record was deleted make it anew', async () => {
    await sendOne(message('A28', [person('113', 'Deleted')]));
    const patient = await eventually(async () => {
      const [found] = await patientOf('113');
      expect(found).toBeDefined();
      return found!;
    });
    await house.fhir.delete(`Patient/${String(patient['id'])}`);
    await sendOne(message('A28', [person('113', 'Anew')]));
    await eventually(async () => {
      expect(await patientOf('113')).toMatchObject([{ id: patient['id'], name: [{ family: 'Anew' }] }]);
    });
  });
});
