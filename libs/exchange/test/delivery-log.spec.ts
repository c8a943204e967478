import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemCaller, type Caller } from '#platform/access';
import { acknowledge, MllpListener, readMessage } from '#platform/hl7v2';
import type { InvokeOperation, Operation } from '#platform/runtime';
import { Receiver } from '#platform/testing';
import { deliveryLog } from '../src/operations/deliveries.ts';
import { deliveryResend } from '../src/operations/delivery-resend.ts';
import { DeliveryHouse } from './delivery-house.ts';
import { startDeliveries, type DeliverySeptum } from './delivery-septum.ts';
import { documentOf } from './told-bundles.ts';

type Part = Readonly<Record<string, unknown>> & { readonly name: string };

describe('the log of deliveries', () => {
  let house: DeliveryHouse;
  let city: Receiver;
  let adt: MllpListener;
  let septum: DeliverySeptum;
  const controlIds: string[] = [];
  let isAccepting = false;
  const operator: Caller = {
    ...systemCaller('edge'),
    subject: 'client/operator',
    kind: 'client',
    client: 'operator',
  };

  async function call(
    { contract }: Operation,
    parameters: InvokeOperation['parameters'] = {},
    caller = operator,
  ) {
    const request = { parameters, base: 'https://fhir.house.example/fhir/R4' };
    const { texts } = await septum.messenger.call(caller, contract, request);
    return (JSON.parse(texts[0]!) as { parameter: (Part & { part?: Part[] })[] }).parameter;
  }

  /** What it says of each delivery, part by part. */
  async function listed(parameters: Record<string, string>, caller = operator) {
    const asked = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]]));
    const found = await call(deliveryLog, asked, caller);
    const entries = found.flatMap(({ part }) =>
      part === undefined
        ? []
        : [Object.fromEntries(part.map(({ name, ...value }) => [name, Object.values(value)[0]]))],
    );
    const next = found.find(({ name }) => name === 'next')?.['valueString'];
    const ids = entries.map((entry) => (entry['communication'] as { reference: string }).reference);
    return { entries, next, ids: ids.map((id) => id.replace('Communication/', '')) };
  }

  beforeAll(async () => {
    house = await DeliveryHouse.open();
    city = await new Receiver().open();
    city.answer = ({ path }, response) =>
      void response.writeHead(path.startsWith('/refusing') && !isAccepting ? 422 : 201).end();
    adt = new MllpListener({
      host: '127.0.0.1',
      port: 0,
      handler: async (content) => {
        const header = readMessage(content).message.first('MSH');
        controlIds.push(header?.value(10) ?? '');
        const code = isAccepting ? 'AA' : 'AR';
        return Buffer.from(acknowledge(header, code, { controlId: '1', now: new Date() }));
      },
    });
    const [base, adtUrl] = [`http://127.0.0.1:${city.port}`, `mllp://127.0.0.1:${await adt.listen()}`];
    const partners = [
      { name: 'city', kind: 'fhir-push', baseUrl: base },
      { name: 'adt', kind: 'mllp', baseUrl: adtUrl },
    ];
    septum = await startDeliveries({ urls: house.urls, partners });
    await house.endpoint('taking', 'hl7-fhir-rest', `${base}/taking`);
    await house.endpoint('refusing', 'hl7-fhir-rest', `${base}/refusing`);
    await house.endpoint('v2', 'hl7v2-mllp', adtUrl);
    const text = documentOf('b');
    for (const [communication, patient, endpoint] of [
      ['t1', 'ada', 'taking'],
      ['r1', 'ada', 'refusing'],
      ['r2', 'bob', 'refusing'],
      ['v1', 'bob', 'v2'],
    ] as const) {
      await house.tell({ communication, patient, endpoint, text });
      await house.settled(communication);
    }
  });
  afterAll(async () => {
    await septum.stop();
    await adt.stop(0);
    await city.close();
    await house.close();
  });

  it('says of each to whom it goes, how often it was tried, and how it ended', async () => {
    const { entries, next } = await listed({ endpoint: 'Endpoint/refusing', patient: 'ada' });
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(entries).toEqual([
      {
        communication: { reference: 'Communication/r1' },
        patient: { reference: 'Patient/ada' },
        endpoint: { reference: 'Endpoint/refusing' },
        partner: 'city',
        state: 'stopped',
        due: time,
        attempts: 1,
        firstAttempt: time,
        lastAttempt: time,
        ended: time,
        proof: 'HTTP 422',
        reason: expect.stringContaining('$delivery-resend'),
      },
    ]);
    expect(next).toBeUndefined();
  });

  it('lists the newest first, by state, partner and time, page by page', async () => {
    expect((await listed({})).ids).toEqual(['v1', 'r2', 'r1', 't1']);
    expect((await listed({ state: 'completed,waiting' })).ids).toEqual(['t1']);
    expect((await listed({ partner: 'city' })).ids).toEqual(['r2', 'r1', 't1']);
    expect((await listed({ since: '2100-01-01T00:00:00Z' })).ids).toEqual([]);
    const first = await listed({ _count: '3' });
    expect(first.ids).toEqual(['v1', 'r2', 'r1']);
    expect((await listed({ _count: '3', before: String(first.next) })).ids).toEqual(['t1']);
  });

  it('is for those who may, shows no others, and records who looked', async () => {
    const ofBob = { ...operator, subject: 'client/bobs', patients: ['bob'] };
    expect((await listed({}, ofBob)).ids).toEqual(['v1', 'r2']);
    const blind = { ...operator, scopes: ['system/Communication.r'] };
    await expect(listed({}, blind)).rejects.toMatchObject({ kind: 'forbidden' });
    const [record] = await house.database('exchange').query('*', {
      text: `SELECT action, type, count, patients, detail FROM exchange.audit WHERE subject = 'client/bobs'`,
    });
    expect(record).toEqual({
      action: 'E',
      type: 'Communication',
      count: 2,
      patients: ['bob'],
      detail: '$deliveries',
    });
  });

  it.each([
    [{ state: 'lost' }, 'bad-parameter'],
    [{ since: 'yesterday' }, 'bad-parameter'],
    [{ _count: 'all' }, 'bad-parameter'],
    [{ status: 'stopped' }, 'unknown-parameter'],
  ])('refuses %j', async (parameters, kind) => {
    await expect(listed(parameters as unknown as Record<string, string>)).rejects.toMatchObject({ kind });
  });

  it('has what was stopped sent again, and told how it ends then', async () => {
    const again = (parameters: Record<string, string[]>, caller = operator) =>
      call(deliveryResend, parameters, caller);
    await expect(again({ communication: ['t1'] })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(again({})).rejects.toMatchObject({ kind: 'bad-parameter' });
    const confined = { ...operator, patients: ['bob'] };
    await expect(again({ communication: ['v1'] }, confined)).rejects.toMatchObject({ kind: 'forbidden' });
    isAccepting = true;
    const before = city.received.length;
    expect(await again({ endpoint: ['refusing'] })).toEqual([{ name: 'resent', valueUnsignedInt: 2 }]);
    expect(await again({ communication: ['Communication/v1'] })).toMatchObject([{ valueUnsignedInt: 1 }]);
    for (const id of ['r1', 'r2', 'v1'])
      expect(await house.settled(id)).toMatchObject({ state: 'completed', attempts: 2, reason: null });
    expect(city.received.slice(before)).toHaveLength(2);
    expect((await listed({ partner: 'city' })).ids).toEqual(['r2', 'r1', 't1']);
    expect((await house.told('v1')).ends.map(({ outcome }) => outcome)).toEqual(['stopped', 'completed']);
    // It was refused under its first name, and a receiver would refuse that again without looking.
    expect(new Set(controlIds).size).toBe(2);
    const asked = { action: 'E', type: 'Communication' };
    const records = await house.database('exchange').query('*', {
      text: `SELECT action, type, id, count, patients, detail FROM exchange.audit
        WHERE subject = 'client/operator' AND detail LIKE '$delivery-resend%' ORDER BY position`,
    });
    expect(records).toEqual([
      {
        ...asked,
        id: null,
        count: 2,
        patients: ['ada', 'bob'],
        detail: '$delivery-resend Endpoint/refusing',
      },
      { ...asked, id: 'v1', count: 1, patients: ['bob'], detail: '$delivery-resend Communication/v1' },
    ]);
  });
});
