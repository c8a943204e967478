import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, openHouse, type House, type Json } from '#platform/testing';
import {
  encounterEnd,
  eventsIn,
  extension,
  inState,
  medicationChange,
  newDocument,
  order,
  said,
  stay,
  WardBoard,
  type Notification,
} from '../harness/ward-board.ts';

describe('a subscription', () => {
  let house: House;
  let board: WardBoard;

  beforeAll(async () => {
    board = new WardBoard();
    await board.open();
    house = await openHouse({ settings: board.partner() });
  });
  beforeEach(() => {
    board.answer = (_, response) => response.end();
  });
  afterAll(async () => {
    await house?.stop();
    await board.close();
  });

  const subscription: WardBoard['subscription'] = (...of) => board.subscription(...of);
  const withFilter = (filter: string) => subscription('refused', encounterEnd, { filter });
  const withChannel = (channel: object) => subscription('refused', encounterEnd, { channel });

  it('is active after a handshake', async () => {
    await house.put(subscription('greeted', encounterEnd, { channel: { header: ['X-Ward: 7'] } }));
    await inState(house, 'greeted', 'active');
    const [handshake] = board.told('greeted');
    expect(handshake).toMatchObject({
      type: 'history',
      meta: { profile: [expect.stringContaining('backport-subscription-notification-r4')] },
    });
    expect(said(handshake!, 'type')).toBe('handshake');
    expect(said(handshake!, 'status')).toBe('requested');
    expect(said(handshake!, 'topic')).toBe(encounterEnd);
    expect(said(handshake!, 'eventsSinceSubscriptionStart')).toBe('0');
    expect(said(handshake!, 'subscription')).toEqual({
      reference: `${house.publicUrl}/fhir/R4/Subscription/greeted`,
    });
    const { headers } = board.received.find(({ path }) => path === '/greeted')!;
    expect(headers).toMatchObject({ 'content-type': 'application/fhir+json', 'x-ward': '7' });
  });

  it('is in error when nobody shakes hands, and begins again when it is asked for again', async () => {
    board.answer = (_, response) => response.writeHead(500).end('the patient Ada Okafor');
    await house.put(subscription('unheard', encounterEnd));
    const { error } = await inState(house, 'unheard', 'error');
    expect(error).toBe('The receiver answered 500.');
    board.answer = (_, response) => response.end();
    await house.put(subscription('unheard', encounterEnd));
    expect(await inState(house, 'unheard', 'active')).not.toHaveProperty('error');
  });

  it('tells of a discharge, a document and a medication to whom it concerns, by ids', async () => {
    await house.put(
      subscription('ada-stays', encounterEnd, { filter: 'Encounter?patient=Patient/ada&class=IMP' }),
    );
    await house.put(subscription('ada-papers', newDocument, { filter: 'patient=ada' }));
    await house.put(subscription('ada-pills', medicationChange, { filter: 'patient=Patient/ada' }));
    for (const id of ['ada-stays', 'ada-papers', 'ada-pills']) await inState(house, id, 'active');
    for (const patient of ['bob', 'ada']) {
      await house.put(stay(`${patient}-stay`, patient, 'in-progress'));
      await house.put(order(`${patient}-order`, patient));
      await house.put(order(`${patient}-order`, patient, { status: 'stopped' }));
      await house.put(stay(`${patient}-stay`, patient, 'finished'));
    }
    await eventually(async () => {
      const news = ['ada-stays', 'ada-pills', 'ada-papers'].map((id) => board.news(id).length);
      expect(news).toEqual([1, 2, 1]);
    }, 60_000);
    const [discharge] = board.news('ada-stays');
    expect(eventsIn(discharge!)).toEqual([
      {
        eventNumber: '1',
        timestamp: expect.any(String),
        focus: { reference: `${house.publicUrl}/fhir/R4/Encounter/ada-stay` },
      },
    ]);
    expect(discharge!.entry).toHaveLength(2);
    expect(discharge!.entry[1]).toEqual({
      fullUrl: `${house.publicUrl}/fhir/R4/Encounter/ada-stay`,
      request: { method: 'PUT', url: 'Encounter/ada-stay' },
      response: { status: '200' },
    });
    expect([...new Set(board.numbers('ada-pills'))]).toEqual([1, 2]);
    const [document] = eventsIn(board.news('ada-papers')[0]!);
    const { reference } = document!['focus'] as { reference: string };
    expect((await house.fhir.get(reference)).body).toMatchObject({
      resourceType: 'DocumentReference',
      subject: { reference: 'Patient/ada' },
    });
  });

  it('sends nothing but a number, or the resource as it is written, as was asked', async () => {
    await house.put(subscription('bare', medicationChange, { content: 'empty', filter: 'patient=eva' }));
    await house.put(
      subscription('whole', medicationChange, { content: 'full-resource', filter: 'patient=eva' }),
    );
    await inState(house, 'bare', 'active');
    await inState(house, 'whole', 'active');
    const text = JSON.stringify(order('eva-order', 'eva')).replace(
      '"text"',
      '"extension":[{"url":"urn:x","valueDecimal":1.10}],"text"',
    );
    await house.fhir.put('MedicationRequest/eva-order', text);
    await board.until(() => board.news('bare').length === 1 && board.news('whole').length === 1);
    expect(board.news('bare')[0]!.entry).toHaveLength(1);
    expect(eventsIn(board.news('bare')[0]!)).toEqual([{ eventNumber: '1', timestamp: expect.any(String) }]);
    expect(JSON.stringify(board.news('bare')[0])).not.toMatch(/eva|medication-change/);
    const [, { resource }] = board.news('whole')[0]!.entry as never as [unknown, { resource: Json }];
    expect(resource).toMatchObject({
      resourceType: 'MedicationRequest',
      id: 'eva-order',
      meta: { versionId: '1' },
    });
    expect(
      board.received.find(({ path, body }) => path === '/whole' && body.includes('eva-order'))!.body,
    ).toContain('"valueDecimal":1.10');
  });

  it('sends the same number again until it is taken, then the next: no gap, nothing skipped', async () => {
    await house.put(subscription('stubborn', medicationChange, { filter: 'patient=ida' }));
    await inState(house, 'stubborn', 'active');
    board.answer = (_, response) =>
      response.writeHead(board.numbers('stubborn').length < 3 ? 503 : 200).end();
    await house.put(order('ida-1', 'ida'));
    await house.put(order('ida-2', 'ida'));
    await board.until(() => board.numbers('stubborn').includes(2));
    expect(board.numbers('stubborn')).toEqual([1, 1, 1, 2]);
  });

  it('goes into error when it is not taken for long, keeps count, and goes on where it was', async () => {
    await house.put(
      subscription('patient', medicationChange, {
        filter: 'patient=noa',
        channel: { extension: [extension('backport-max-count', { valuePositiveInt: 10 })] },
      }),
    );
    await inState(house, 'patient', 'active');
    board.answer = (_, response) => response.writeHead(410).end();
    await house.put(order('noa-1', 'noa'));
    expect(await inState(house, 'patient', 'error')).toMatchObject({ error: 'The receiver answered 410.' });
    await house.put(order('noa-2', 'noa'));
    await house.put(order('noa-3', 'noa'));
    await eventually(async () => {
      const { body } = await house.fhir.get<Notification>('Subscription/patient/$status');
      const [{ resource }] = body.entry as never as [{ resource: { parameter: Json[] } }];
      expect(resource.parameter).toContainEqual({ name: 'eventsSinceSubscriptionStart', valueString: '3' });
      expect(resource.parameter).toContainEqual({ name: 'status', valueCode: 'error' });
    }, 30_000);
    const sent = board.told('patient').length;
    board.answer = (_, response) => response.end();
    await house.put(
      subscription('patient', medicationChange, {
        filter: 'patient=noa',
        channel: { extension: [extension('backport-max-count', { valuePositiveInt: 10 })] },
      }),
    );
    const since = () => board.told('patient').slice(sent);
    await board.until(() => since().some((each) => eventsIn(each).length > 0));
    const rest = since().find((each) => eventsIn(each).length > 0);
    expect(said(since()[0]!, 'type')).toBe('handshake');
    expect(eventsIn(rest!).map(({ eventNumber }) => eventNumber)).toEqual(['1', '2', '3']);
    expect(said(rest!, 'eventsSinceSubscriptionStart')).toBe('3');
  });

  it('answers $status of some, and $events by number and content', async () => {
    await house.put(subscription('asked', medicationChange, { filter: 'patient=uma' }));
    await inState(house, 'asked', 'active');
    for (const id of ['uma-1', 'uma-2', 'uma-3']) await house.put(order(id, 'uma'));
    await board.until(() => board.numbers('asked').includes(3));
    const { body } = await house.fhir.get<Notification>(
      'Subscription/asked/$events?eventsSinceNumber=2&eventsUntilNumber=3',
    );
    expect(body.type).toBe('history');
    expect(said(body, 'type')).toBe('query-event');
    expect(eventsIn(body).map(({ eventNumber }) => eventNumber)).toEqual(['2', '3']);
    const whole = await house.fhir.post<Notification>('Subscription/asked/$events', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'eventsSinceNumber', valueString: '3' },
        { name: 'content', valueCode: 'full-resource' },
      ],
    });
    expect(whole.body.entry[1]!.resource).toMatchObject({ id: 'uma-3', resourceType: 'MedicationRequest' });
    const all = await house.fhir.get<Json>('Subscription/$status?id=asked,greeted&status=active');
    expect(all.body).toMatchObject({ type: 'searchset', total: 2 });
    const none = await house.fhir.get<Json>('Subscription/$status?id=asked&status=off,error');
    expect(none.body).toMatchObject({ type: 'searchset', total: 0 });
    expect((await house.fhir.get('Subscription/asked/$events?since=1')).status).toBe(400);
    expect((await house.fhir.get('Subscription/nowhere/$status')).status).toBe(404);
  });

  it('says that it is there when nothing happens, where that was asked for', async () => {
    const heartbeat = extension('backport-heartbeat-period', { valueUnsignedInt: 1 });
    await house.put(
      subscription('beating', encounterEnd, {
        filter: 'patient=nobody',
        channel: { extension: [heartbeat] },
      }),
    );
    await board.until(
      () => board.told('beating').filter((each) => said(each, 'type') === 'heartbeat').length >= 2,
    );
    expect(said(board.told('beating').at(-1)!, 'eventsSinceSubscriptionStart')).toBe('0');
    await house.put({ ...subscription('beating', encounterEnd), status: 'off' });
  });

  it('is told nothing once it is off, has ended, or is deleted', async () => {
    for (const id of ['switched', 'ended', 'deleted'])
      await house.put(subscription(id, medicationChange, { filter: 'patient=zoe' }));
    for (const id of ['switched', 'ended', 'deleted']) await inState(house, id, 'active');
    await house.put({
      ...subscription('switched', medicationChange, { filter: 'patient=zoe' }),
      status: 'off',
    });
    await house.put({
      ...subscription('ended', medicationChange, { filter: 'patient=zoe' }),
      end: '2020-01-01T00:00:00Z',
    });
    await house.fhir.delete('Subscription/deleted');
    await inState(house, 'ended', 'off');
    await house.put(subscription('marker', medicationChange, { filter: 'patient=zoe' }));
    await inState(house, 'marker', 'active');
    // No order holds between the three and the order of a drug: at some time they are told no more.
    const others = () => ['switched', 'ended', 'deleted'].flatMap((id) => board.numbers(id)).length;
    let orders = 0;
    const ordered = async () => {
      orders += 1;
      await house.put(order(`zoe-${orders}`, 'zoe'));
      await board.until(() => board.numbers('marker').includes(orders));
    };
    await eventually(async () => {
      const before = others();
      for (let more = 0; more < 3; more += 1) await ordered();
      if (others() !== before) throw new Error('still told');
    });
  });

  const other = 'https://evil.example/hook';
  const notDeclared = /declare it under partners/;
  it.each<[what: string, change: () => Json, expression: string, says: RegExp]>([
    ['an endpoint of no partner', () => withChannel({ endpoint: other }), 'channel.endpoint', notDeclared],
    [
      'an endpoint that only looks like a partner’s',
      () => withChannel({ endpoint: `http://127.0.0.1:${board.port}@evil.example/` }),
      'channel.endpoint',
      notDeclared,
    ],
    ['another channel', () => withChannel({ type: 'email' }), 'channel.type', /rest-hook only/],
    ['no content', () => withChannel({ _payload: undefined }), 'channel.payload.extension', /full-resource/],
    ['XML', () => withChannel({ payload: 'application/fhir+xml' }), 'channel.payload', /fhir\+json/],
    [
      'R5',
      () => withChannel({ payload: 'application/fhir+json; fhirVersion=5.0' }),
      'channel.payload',
      /4\.0/,
    ],
    ['a token', () => withChannel({ header: ['Authorization: x'] }), 'channel.header', /with the partner/],
    [
      'an unknown topic',
      () => ({ ...withFilter('patient=1'), criteria: 'Encounter?a=b' }),
      'criteria',
      /canonical/,
    ],
    [
      'an unknown filter',
      () => withFilter('length=3'),
      'criteria.extension[0]',
      /keys of this topic: patient/,
    ],
    [
      'a filter by another type',
      () => withFilter('Observation?patient=1'),
      'criteria.extension[0]',
      /Encounter/,
    ],
    [
      'a status of the server’s',
      () => ({ ...withChannel({}), status: 'active' }),
      'status',
      /Write requested/,
    ],
  ])('is refused with %s', async (_, sent, expression, says) => {
    const { status, body } = await house.fhir.put('Subscription/refused', sent());
    expect(status).toBe(422);
    const issue = { diagnostics: expect.stringMatching(says), expression: [`Subscription.${expression}`] };
    expect((body as { issue: Json[] }).issue).toContainEqual(expect.objectContaining(issue));
  });

  it('is for those who may read what its topic tells of', async () => {
    const blind = await house.clientWith(['system/Subscription.cruds', 'system/MedicationRequest.r']);
    const { status, body } = await blind.post('Subscription', subscription('blind', medicationChange));
    expect(status).toBe(403);
    expect(body).toMatchObject({
      issue: [{ diagnostics: expect.stringMatching(/system\/MedicationStatement\.r/) }],
    });
    const confined = await house.clientWith(['patient/*.cruds'], ['ada']);
    expect((await confined.post('Subscription', subscription('confined', medicationChange))).status).toBe(
      403,
    );
    expect((await blind.get('Subscription/asked/$events')).status).toBe(403);
  });

  it('stands in the CapabilityStatement with its topics, profile and operations', async () => {
    const { body } = await house.fhir.get<{ rest: { resource: Json[] }[] }>('metadata');
    const stated = body.rest[0]!.resource.find(({ type }) => type === 'Subscription');
    expect(stated).toMatchObject({
      supportedProfile: [
        'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription',
      ],
      extension: [encounterEnd, newDocument, medicationChange].map((valueCanonical) => ({ valueCanonical })),
      operation: [{ name: 'status' }, { name: 'events' }],
    });
  });
});
