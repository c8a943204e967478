import { readFile } from 'node:fs/promises';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { acknowledge, MllpListener, readMessage, type AcknowledgementCode } from '#platform/hl7v2';
import { Receiver, type Received } from '#platform/testing';
import { DeliveryHouse } from './delivery-house.ts';
import { startDeliveries, type DeliverySeptum } from './delivery-septum.ts';
import { documentOf, noticeOf } from './told-bundles.ts';

const rest = 'hl7-fhir-rest';

describe('a delivery', () => {
  let house: DeliveryHouse;
  let city: Receiver;
  let adt: MllpListener;
  let adtUrl: string;
  let partners: object[];
  let septum: DeliverySeptum;
  /** What the receiver of HL7 v2 was sent, and how it acknowledges what. */
  const messages: string[] = [];
  let acknowledges: (controlId: string) => AcknowledgementCode = () => 'AA';
  const logged: string[] = [];

  beforeAll(async () => {
    const note = (...said: unknown[]) => void logged.push(JSON.stringify(said));
    Logger.overrideLogger({ log: note, warn: note, error: note });
    house = await DeliveryHouse.open();
    await house.inForce(await readFile('examples/rule-packs/north.json', 'utf8'));
    city = await new Receiver().open();
    adt = new MllpListener({
      host: '127.0.0.1',
      port: 0,
      handler: async (content) => {
        const header = readMessage(content).message.first('MSH');
        messages.push(Buffer.from(content).toString());
        const code = acknowledges(header?.value(10) ?? '');
        return Buffer.from(acknowledge(header, code, { controlId: '1', now: new Date() }));
      },
    });
    adtUrl = `mllp://127.0.0.1:${await adt.listen()}`;
    partners = [
      { name: 'city', kind: 'fhir-push', baseUrl: `${base()}/` },
      { name: 'hasty', kind: 'fhir-push', baseUrl: `${base()}/hasty/`, retryForMs: 1_200 },
      { name: 'adt', kind: 'mllp', baseUrl: adtUrl },
      { name: 'asked', kind: 'fhir', baseUrl: 'http://127.0.0.1:1/' },
    ];
    septum = await start();
  });
  beforeEach(() => {
    city.answer = (_, response) => response.end();
    city.received.length = 0;
    messages.length = 0;
    acknowledges = () => 'AA';
  });
  afterAll(async () => {
    await septum.stop();
    Logger.overrideLogger(true);
    await adt.stop(0);
    await city.close();
    await house.close();
  });

  const base = () => `http://127.0.0.1:${city.port}`;
  const start = () => startDeliveries({ urls: house.urls, partners });
  // With a number that is another text once it is read and written.
  const bundle = (id: string) => documentOf(id).replace(/\}$/, ',"note":["Canary",1.10]}');
  /** Answers each request for the first time by its own, then with 201. */
  const answering =
    (...statuses: number[]): Receiver['answer'] =>
    (_, response) =>
      void response.writeHead(statuses.shift() ?? 201).end();
  const sentTo = (path: string): Received[] => city.received.filter((each) => each.path.startsWith(path));

  it('is put to a FHIR server as it is, proved, recorded with its recipient, and told to who had it sent', async () => {
    city.answer = answering();
    await house.endpoint('put', rest, `${base()}/put/fhir`);
    await house.tell({ communication: 'put-1', patient: 'ada', endpoint: 'put', text: bundle('b-1') });
    expect(await house.settled('put-1')).toEqual({
      state: 'completed',
      attempts: 1,
      partner: 'city',
      proof: 'HTTP 201',
      reason: null,
      settled: true,
    });
    expect(sentTo('/put')).toMatchObject([
      {
        method: 'PUT',
        path: '/put/fhir/Bundle/b-1',
        body: bundle('b-1'),
        headers: { 'content-type': 'application/fhir+json' },
      },
    ]);
    expect(await house.told('put-1')).toEqual({
      ends: [{ outcome: 'completed', at: expect.any(String), attempts: 1, proof: 'HTTP 201' }],
      askedBy: ['system/exchange for partner/city'],
    });
    expect(await house.recorded('put-1')).toEqual([
      {
        action: 'R',
        type: 'Communication',
        patients: ['ada'],
        client: 'partner/city',
        detail: 'to city by communication-by-fhir',
      },
    ]);
  });

  it('is sent once, however often it is heard that it is due', async () => {
    await house.endpoint('once', rest, `${base()}/once`);
    const telling = { communication: 'once-1', endpoint: 'once', text: bundle('b') };
    for (let times = 0; times < 3; times += 1) await house.tell(telling);
    await house.settled('once-1');
    await house.tell(telling);
    await house.tell({ ...telling, communication: 'once-2' });
    await house.settled('once-2');
    expect(sentTo('/once')).toHaveLength(2);
  });

  it('is processed as a message, and what the answer says counts more than its status', async () => {
    await house.endpoint('msg', 'hl7-fhir-msg', `${base()}/msg`);
    const response = (code: string) =>
      JSON.stringify({ entry: [{ resource: { resourceType: 'MessageHeader', response: { code } } }] });
    const answers = [response('transient-error'), response('ok'), response('fatal-error'), 'taken'];
    city.answer = (_, answer) => void answer.end(answers.shift());
    for (const id of ['msg-1', 'msg-2', 'msg-3'])
      await house.tell({ communication: id, endpoint: 'msg', text: noticeOf(id) });
    await house.tell({ communication: 'msg-4', endpoint: 'msg', text: bundle('msg-4') });
    expect(await house.settled('msg-1')).toMatchObject({ attempts: 2, proof: 'HTTP 200 ok' });
    expect(await house.settled('msg-2')).toMatchObject({ state: 'stopped', proof: 'HTTP 200 fatal-error' });
    expect(await house.settled('msg-3')).toMatchObject({ state: 'completed', proof: 'HTTP 200' });
    expect(await house.settled('msg-4')).toMatchObject({
      state: 'stopped',
      proof: 'not sent',
      reason: expect.stringMatching(/takes messages only.*hl7-fhir-rest/),
    });
    const paths = sentTo('/msg').map(({ method, path }) => `${method} ${path}`);
    expect(paths).toEqual(Array.from({ length: 4 }, () => 'POST /msg/$process-message'));
  });

  it('is tried again while the recipient is not well, under the same name, and not when it is refused', async () => {
    city.answer = answering(503, 429, 200, 422, 204);
    await house.endpoint('again', rest, `${base()}/again`);
    for (const id of ['again-1', 'again-2', 'again-3'])
      await house.tell({ communication: id, endpoint: 'again', text: bundle(id) });
    expect(await house.settled('again-1')).toMatchObject({ state: 'completed', attempts: 3, reason: null });
    expect(await house.settled('again-2')).toMatchObject({
      state: 'stopped',
      attempts: 1,
      proof: 'HTTP 422',
      reason: expect.stringMatching(/^The recipient answered 422\. .*\$delivery-resend/),
    });
    expect(await house.settled('again-3')).toMatchObject({ state: 'completed', proof: 'HTTP 204' });
    const bodies = sentTo('/again').map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect(bodies).toEqual(['again-1', 'again-1', 'again-1', 'again-2', 'again-3']);
    expect((await house.told('again-2')).ends).toMatchObject([{ outcome: 'stopped', proof: 'HTTP 422' }]);
  });

  it('is given up after the time of its partner, and the next is tried at least once', async () => {
    city.answer = answering(500, 500, 500, 500, 500, 500);
    await house.endpoint('hasty', rest, `${base()}/hasty/fhir`);
    for (const id of ['hasty-1', 'hasty-2'])
      await house.tell({ communication: id, endpoint: 'hasty', text: bundle(id) });
    const [first, second] = [await house.settled('hasty-1'), await house.settled('hasty-2')];
    expect(first).toMatchObject({
      state: 'stopped',
      proof: 'HTTP 500',
      reason: expect.stringMatching(/retryForMs.*answered 500/),
    });
    expect(first.attempts).toBeGreaterThan(1);
    expect(second.attempts).toBeGreaterThan(0);
  });

  it.each([
    [
      'no-partner',
      rest,
      'https://nobody.example/fhir',
      'active',
      /kind fhir-push .* Declare it under partners/,
    ],
    ['asked-only', rest, 'http://127.0.0.1:1/', 'active', /No partner of kind fhir-push/],
    ['other-kind', 'hl7v2-mllp', 'mllp://127.0.0.1:1', 'active', /No partner of kind mllp/],
    ['user', rest, 'http://a@127.0.0.1/', 'active', /No partner of kind fhir-push/],
    ['mail', 'direct-project', 'mailto:a@b.example', 'active', /Use hl7-fhir-rest, hl7-fhir-msg, hl7v2-mllp/],
    ['off', rest, 'http://127.0.0.1:1/', 'off', /Endpoint\/off is off/],
    ['gone', rest, undefined, 'active', /Endpoint\/gone cannot be read \(not-found\)/],
  ])('goes nowhere to %s, and says what to do', async (id, type, address, status, says) => {
    if (address !== undefined) await house.endpoint(id, type, address, status);
    await house.tell({ communication: `to-${id}`, endpoint: id, text: bundle(id) });
    expect(await house.settled(`to-${id}`)).toMatchObject({
      state: 'stopped',
      attempts: 0,
      proof: 'not sent',
      reason: expect.stringMatching(says),
    });
    expect(await house.told(`to-${id}`)).toMatchObject({ ends: [{ outcome: 'stopped' }], askedBy: [] });
  });

  it('is withdrawn when there is nothing to tell any more', async () => {
    await house.endpoint('late', rest, `${base()}/late`);
    await house.tell({ communication: 'late-1', endpoint: 'late', text: '' });
    expect(await house.settled('late-1')).toMatchObject({
      state: 'stopped',
      attempts: 0,
      reason: 'Withdrawn before it was sent.',
    });
    expect(sentTo('/late')).toEqual([]);
  });

  it('is told in HL7 v2 under a name that the receiver knows again, until it says that it has it', async () => {
    const codes: AcknowledgementCode[] = ['AE', 'CA', 'AR', 'AA'];
    acknowledges = () => codes.shift() ?? 'AA';
    await house.endpoint('v2', 'hl7v2-mllp', adtUrl);
    for (const id of ['v2-1', 'v2-2', 'v2-3'])
      await house.tell({ communication: id, endpoint: 'v2', text: bundle(id) });
    await house.tell({
      communication: 'v2-4',
      endpoint: 'v2',
      text: JSON.stringify({ resourceType: 'Bundle', type: 'document', entry: [null] }),
    });
    const first = await house.settled('v2-1');
    const [, controlId] = /\|MDM\^T02\^MDM_T02\|(\w{20})\|/.exec(messages[0]!) ?? [];
    expect(first).toMatchObject({ state: 'completed', attempts: 2, proof: `MSA CA ${controlId}` });
    expect(await house.settled('v2-2')).toMatchObject({
      state: 'stopped',
      attempts: 1,
      proof: expect.stringMatching(/^MSA AR/),
    });
    expect(await house.settled('v2-3')).toMatchObject({ state: 'completed' });
    expect(await house.settled('v2-4')).toMatchObject({
      state: 'stopped',
      reason: expect.stringMatching(/cannot be written in HL7 v2/),
    });
    expect(messages).toHaveLength(4);
    expect(messages[1]).toBe(messages[0]);
    expect(await house.recorded('v2-3')).toMatchObject([{ detail: 'to adt by communication-by-v2' }]);
  });

  it('is told in HL7 v2 with the names of the rule pack in force, and what is left out stands in the log', async () => {
    await house.endpoint('v2-names', 'hl7v2-mllp', adtUrl);
    await house.tell({ communication: 'names-1', endpoint: 'v2-names', text: noticeOf('4711') });
    expect(await house.settled('names-1')).toMatchObject({ state: 'completed' });
    const { message } = readMessage(Buffer.from(messages[0]!));
    expect(message.repetition('PID-3')?.text).toBe('4711^^^NORTH_MRN^MR');
    const told = logged.find((line) => line.includes('left out'));
    expect(told).toContain('"paths":["Patient.photo"]');
  });

  it('is given up when an HL7 v2 receiver answers with an error time and again', async () => {
    acknowledges = () => 'AE';
    await house.endpoint('v2-stubborn', 'hl7v2-mllp', adtUrl);
    await house.tell({ communication: 'stubborn-1', endpoint: 'v2-stubborn', text: bundle('b') });
    expect(await house.settled('stubborn-1')).toMatchObject({
      state: 'stopped',
      attempts: 5,
      reason: expect.stringMatching(/acknowledged with AE\. It did so 5 times/),
    });
  });

  it('keeps the order of its endpoint, and holds up no other one', async () => {
    for (const id of ['slow', 'sick', 'well']) await house.endpoint(id, rest, `${base()}/${id}`);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    city.answer = ({ path }, response) => {
      if (path.startsWith('/slow')) void held.then(() => response.end());
      else if (path.startsWith('/sick') && sentTo('/well').length < 5) response.writeHead(503).end();
      else response.end();
    };
    for (let number = 1; number <= 5; number += 1)
      for (const endpoint of ['slow', 'sick', 'well']) {
        const communication = `${endpoint}-${number}`;
        await house.tell({ communication, patient: `p${number % 2}`, endpoint, text: bundle(communication) });
      }
    for (let number = 1; number <= 5; number += 1) await house.settled(`well-${number}`);
    expect(await house.kept('slow-1')).toMatchObject({ state: 'waiting' });
    expect(sentTo('/slow')).toHaveLength(1);
    release();
    for (const endpoint of ['slow', 'sick', 'well']) {
      for (let number = 1; number <= 5; number += 1) await house.settled(`${endpoint}-${number}`);
      const came = [...new Set(sentTo(`/${endpoint}`).map(({ path }) => Number(path.slice(-1))))];
      // What is due for several patients has no order; for one of them it has.
      expect(came.filter((number) => number % 2 === 1)).toEqual([1, 3, 5]);
      expect(came.filter((number) => number % 2 === 0)).toEqual([2, 4]);
    }
  });

  it('waits for who had it sent to answer, and tells him its end when he does', async () => {
    await house.endpoint('away', rest, `${base()}/away`);
    await house.tell({ communication: 'away-1', endpoint: 'away', text: bundle('b'), away: 2 });
    await house.tell({ communication: 'away-2', endpoint: 'away', text: bundle('c') });
    await house.settled('away-2');
    await house.settled('away-1');
    expect((await house.told('away-1')).ends).toHaveLength(1);
    expect(sentTo('/away')).toHaveLength(2);
  });

  it('does not hold up for ever what follows when its content breaks each time', async () => {
    await house.endpoint('break', rest, `${base()}/hasty/break`);
    for (const [id, text] of [
      ['break-1', 'broken'],
      ['break-2', '{'],
      ['break-3', bundle('b')],
    ] as const)
      await house.tell({ communication: id, endpoint: 'break', text });
    expect(await house.settled('break-1')).toMatchObject({ state: 'stopped', attempts: 0 });
    expect(await house.settled('break-2')).toMatchObject({ state: 'stopped', proof: 'not sent' });
    expect(await house.settled('break-3')).toMatchObject({ state: 'completed' });
  });

  it('is sent by one of two copies at a time, each once', async () => {
    const copy = await start();
    const atOnce = new Map<string, number>();
    let most = 0;
    city.answer = ({ path }, response) => {
      const endpoint = path.split('/')[1]!;
      atOnce.set(endpoint, (atOnce.get(endpoint) ?? 0) + 1);
      most = Math.max(most, atOnce.get(endpoint)!);
      setTimeout(() => {
        atOnce.set(endpoint, atOnce.get(endpoint)! - 1);
        response.end();
      }, 20);
    };
    const endpoints = ['twin-a', 'twin-b', 'twin-c'];
    for (const id of endpoints) await house.endpoint(id, rest, `${base()}/${id}`);
    const all = Array.from({ length: 30 }, (_, number) => `twin-${number}`);
    for (const [number, communication] of all.entries())
      await house.tell({
        communication,
        patient: `p${number % 4}`,
        endpoint: endpoints[number % 3]!,
        text: bundle(communication),
      });
    for (const communication of all) await house.settled(communication);
    await copy.stop();
    expect(sentTo('/twin')).toHaveLength(30);
    expect(most).toBe(1);
  });

  it('leaves nothing of the patient in what is kept and logged of it', async () => {
    const rows = await house.database('exchange').query('*', { text: 'SELECT * FROM exchange.delivery' });
    expect(rows.length).toBeGreaterThan(50);
    expect(logged.length).toBeGreaterThan(0);
    expect(JSON.stringify([rows, logged])).not.toContain('Canary');
  });
});
