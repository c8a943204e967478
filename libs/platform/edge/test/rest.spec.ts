import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type House, type Json } from '#platform/testing';

interface Entry {
  readonly fullUrl?: string;
  readonly resource?: Json & { readonly id: string; readonly resourceType: string };
  readonly search?: { readonly mode: string };
  readonly response?: {
    readonly status: string;
    readonly etag?: string;
    readonly location?: string;
    readonly outcome?: Json;
  };
}
interface Bundle {
  readonly type: string;
  readonly total?: number;
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly Entry[];
}

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.stop());

const patient = (family: string, more: Json = {}) => ({
  resourceType: 'Patient',
  name: [{ family }],
  ...more,
});
const observation = (subject: string, more: Json = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: subject },
  ...more,
});
const typesOf = ({ entry = [] }: Bundle) => entry.map(({ resource }) => resource?.resourceType).sort();
const linkOf = (bundle: Bundle, relation: string) =>
  bundle.link?.find((link) => link.relation === relation)?.url;
const pathOf = (url: string) => new URL(url).pathname + new URL(url).search;

describe('create, read, update, delete', () => {
  it('a create says where the resource is now', async () => {
    const { status, headers, body } = await house.fhir.post('Patient', patient('Ngozi'));
    expect(status).toBe(201);
    expect(headers.get('etag')).toBe('W/"1"');
    expect(headers.get('location')).toMatch(
      new RegExp(`^${house.publicUrl}/fhir/R4/Patient/${String(body['id'])}/_history/1$`),
    );
    expect(Date.parse(headers.get('last-modified') ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    const read = await house.fhir.get(`Patient/${String(body['id'])}`);
    expect(read.body).toEqual(body);
  });

  it('a number is given back to the digit', async () => {
    const sent = `{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.10,"unit":"mg"}}`;
    const { text } = await house.fhir.post('Observation', sent);
    expect(text).toContain('"value":1.10,');
  });

  it('an unchanged resource is not sent again', async () => {
    const { body } = await house.fhir.post('Patient', patient('Unchanged'));
    const path = `Patient/${String(body['id'])}`;
    const again = await house.fhir.get(path, { headers: { 'if-none-match': 'W/"1"' } });
    expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' });
    expect((await house.fhir.get(path, { headers: { 'if-none-match': 'W/"2"' } })).status).toBe(200);
  });

  it('HEAD answers as GET does, without the body', async () => {
    const { body } = await house.fhir.post('Patient', patient('Head'));
    const head = await house.fhir.request('HEAD', `Patient/${String(body['id'])}`);
    expect({ status: head.status, text: head.text, etag: head.headers.get('etag') }).toEqual({
      status: 200,
      text: '',
      etag: 'W/"1"',
    });
  });

  it.each([
    ['minimal', ''],
    ['representation', '"resourceType":"Patient"'],
    ['OperationOutcome', '"resourceType":"OperationOutcome"'],
  ])('a client that prefers %s gets it', async (preference, expected) => {
    const { status, text } = await house.fhir.post('Patient', patient('Prefer'), {
      headers: { prefer: `return=${preference}` },
    });
    expect(status).toBe(201);
    if (expected === '') expect(text).toBe('');
    else expect(text).toContain(expected);
  });

  it('versions, deletion and history', async () => {
    const first = await house.fhir.put('Patient/rest-versions', patient('One', { id: 'rest-versions' }));
    expect(first.status).toBe(201);
    const second = await house.fhir.put('Patient/rest-versions', patient('Two', { id: 'rest-versions' }));
    expect({ status: second.status, etag: second.headers.get('etag') }).toEqual({
      status: 200,
      etag: 'W/"2"',
    });
    expect((await house.fhir.get('Patient/rest-versions/_history/1')).text).toContain('"One"');
    expect((await house.fhir.delete('Patient/rest-versions')).status).toBe(204);
    expect((await house.fhir.get('Patient/rest-versions')).status).toBe(410);
    const { body } = await house.fhir.get<Bundle>('Patient/rest-versions/_history');
    expect(body.type).toBe('history');
    expect(body.entry?.map(({ response }) => response?.status)).toEqual(['204', '200', '201']);
    expect(body.entry?.[0]?.resource).toBeUndefined();
    const page = await house.fhir.get<Bundle>('Patient/rest-versions/_history?_count=2');
    const rest = await house.fhir.get<Bundle>(pathOf(linkOf(page.body, 'next')!));
    expect([...page.body.entry!, ...rest.body.entry!]).toEqual(body.entry);
  });

  it.each([
    ['malformed JSON', 400, 'POST', 'Patient', '{"resourceType":"Patient",'],
    ['nothing', 400, 'POST', 'Patient', ' '],
    ['another type than the address', 400, 'POST', 'Patient', JSON.stringify(observation('Patient/a'))],
    ['another id than the address', 400, 'PUT', 'Patient/a', JSON.stringify(patient('x', { id: 'b' }))],
    ['an id that is none', 400, 'PUT', 'Patient/a_b', JSON.stringify(patient('x', { id: 'a_b' }))],
    [
      'too deep',
      400,
      'POST',
      'Patient',
      `{"resourceType":"Patient","extension":${'['.repeat(70)}${']'.repeat(70)}}`,
    ],
    ['an unknown property', 422, 'POST', 'Patient', JSON.stringify(patient('x', { colour: 'red' }))],
    ['a wrong code', 422, 'POST', 'Patient', JSON.stringify(patient('x', { gender: 'purple' }))],
  ])('%s: %i', async (_name, status, method, path, body) => {
    const answer = await house.fhir.request<{ resourceType: string; issue: { expression?: string[] }[] }>(
      method,
      path,
      { body },
    );
    expect({ status: answer.status, type: answer.body.resourceType }).toEqual({
      status,
      type: 'OperationOutcome',
    });
    if (status === 422)
      expect(answer.body.issue.every(({ expression }) => expression?.length === 1)).toBe(true);
  });

  it('the same key creates once', async () => {
    const headers = { 'idempotency-key': 'rest-once' };
    const one = await house.fhir.post('Patient', patient('Once'), { headers });
    const two = await house.fhir.post('Patient', patient('Once'), { headers });
    expect(two.body['id']).toBe(one.body['id']);
    expect((await house.fhir.get<Bundle>('Patient?family=Once')).body.entry).toHaveLength(1);
  });

  it('a token without the scope is refused', async () => {
    const reader = await house.clientWith(['system/Patient.r']);
    expect((await reader.post('Patient', patient('No'))).status).toBe(403);
    expect((await reader.get('Patient?family=No')).status).toBe(403);
    expect((await reader.get('Observation/a')).status).toBe(403);
    expect((await (await house.clientWith([])).get('Patient/a')).status).toBe(403);
  });
});

describe('search', () => {
  it('pages through all matches, each once, and by POST as by GET', async () => {
    for (let index = 0; index < 5; index += 1)
      await house.fhir.post('Patient', patient('Pager', { active: index % 2 === 0 }));
    const seen: string[] = [];
    let path: string | undefined = 'Patient?family=Pager&_count=2&_sort=_id';
    while (path !== undefined) {
      const { body } = await house.fhir.get<Bundle>(path);
      seen.push(...(body.entry ?? []).map(({ resource }) => resource!.id));
      const next = linkOf(body, 'next');
      path = next === undefined ? undefined : pathOf(next);
    }
    expect(seen).toHaveLength(5);
    expect(seen).toEqual([...new Set(seen)].sort());
    const posted = await house.fhir.post<Bundle>('Patient/_search', 'family=Pager&_total=accurate', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect({ status: posted.status, total: posted.body.total }).toEqual({ status: 200, total: 5 });
    const counted = await house.fhir.get<Bundle>('Patient?family=Pager&_summary=count');
    expect(counted.body).toMatchObject({ type: 'searchset', total: 5 });
    expect(counted.body.entry).toBeUndefined();
  });

  it('a lenient client is told by the self link what did not count', async () => {
    const { status, body } = await house.fhir.get<Bundle>('Patient?family=Pager&colour=red', {
      headers: { prefer: 'handling=lenient' },
    });
    expect(status).toBe(200);
    expect(linkOf(body, 'self')).toMatch(/\/Patient\?family=Pager$/);
  });

  it('includes what another context holds, both ways, each resource once', async () => {
    const { body: held } = await house.fhir.post<Json & { id: string }>('Patient', patient('Included'));
    const subject = `Patient/${held.id}`;
    const one = await house.fhir.post<Json & { id: string }>('Observation', observation(subject));
    const two = await house.fhir.post<Json & { id: string }>('Observation', observation(subject));
    const forward = await house.fhir.get<Bundle>(
      `Observation?subject=${subject}&_include=Observation:subject`,
    );
    expect(modes(forward.body)).toEqual(
      [
        [one.body.id, 'match'],
        [two.body.id, 'match'],
        [held.id, 'include'],
      ].sort(),
    );
    const reverse = await house.fhir.get<Bundle>(`Patient?_id=${held.id}&_revinclude=Observation:subject`);
    expect(modes(reverse.body)).toEqual(
      [
        [one.body.id, 'include'],
        [two.body.id, 'include'],
        [held.id, 'match'],
      ].sort(),
    );
  });
});

function modes(bundle: Bundle): string[][] {
  return (bundle.entry ?? []).map(({ resource, search }) => [resource!.id, search!.mode]).sort();
}

const bundleOf = (type: string, entry: readonly object[]) => ({ resourceType: 'Bundle', type, entry });

describe('Bundles', () => {
  it('a batch answers each entry by itself', async () => {
    const { status, body } = await house.fhir.post<Bundle>(
      '',
      bundleOf('batch', [
        { resource: patient('Batch'), request: { method: 'POST', url: 'Patient' } },
        { resource: patient('Wrong', { gender: 'purple' }), request: { method: 'POST', url: 'Patient' } },
        { request: { method: 'GET', url: 'Patient/there-is-none' } },
        { request: { method: 'GET', url: 'Patient?family=there-is-none' } },
        { request: { method: 'PATCH', url: 'Patient/a' } },
      ]),
    );
    expect(status).toBe(200);
    expect(body.type).toBe('batch-response');
    expect(body.entry?.map(({ response }) => response?.status.slice(0, 3))).toEqual([
      '201',
      '422',
      '404',
      '200',
      '400',
    ]);
    expect(body.entry?.[1]?.response?.outcome).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  it('a transaction across contexts stores all, with references to its own new resources', async () => {
    const url = (n: number) => `urn:uuid:00000000-0000-4000-8000-00000000000${n}`;
    const { status, body } = await house.fhir.post<Bundle>(
      '',
      bundleOf('transaction', [
        { request: { method: 'GET', url: 'Patient?family=Transact' } },
        { fullUrl: url(2), resource: observation(url(1)), request: { method: 'POST', url: 'Observation' } },
        { fullUrl: url(1), resource: patient('Transact'), request: { method: 'POST', url: 'Patient' } },
        {
          fullUrl: url(3),
          resource: {
            resourceType: 'MedicationRequest',
            id: 'transact',
            status: 'active',
            intent: 'order',
            subject: { reference: url(1) },
            medicationCodeableConcept: { text: 'x' },
          },
          request: { method: 'PUT', url: 'MedicationRequest/transact' },
        },
      ]),
    );
    expect(status).toBe(200);
    expect(body.type).toBe('transaction-response');
    expect(body.entry?.map(({ response }) => response?.status.slice(0, 3))).toEqual([
      '200',
      '201',
      '201',
      '201',
    ]);
    const id = body.entry?.[2]?.resource?.id;
    expect(body.entry?.[1]?.resource).toMatchObject({ subject: { reference: `Patient/${id}` } });
    expect((await house.fhir.get('MedicationRequest/transact')).body).toMatchObject({
      subject: { reference: `Patient/${id}` },
    });
  });

  it('a transaction of which one entry fails stores none', async () => {
    const { status } = await house.fhir.post<Bundle>(
      '',
      bundleOf('transaction', [
        { resource: patient('Nothing'), request: { method: 'POST', url: 'Patient' } },
        {
          resource: observation('Patient/a', { status: 'wrong' }),
          request: { method: 'POST', url: 'Observation' },
        },
      ]),
    );
    expect(status).toBe(422);
    expect((await house.fhir.get<Bundle>('Patient?family=Nothing')).body.entry).toBeUndefined();
  });

  it('a transaction with a stale If-Match stores none', async () => {
    await house.fhir.put('Patient/stale', patient('Stale', { id: 'stale' }));
    const { status } = await house.fhir.post(
      '',
      bundleOf('transaction', [
        { resource: observation('Patient/stale'), request: { method: 'POST', url: 'Observation' } },
        {
          resource: patient('Staler', { id: 'stale' }),
          request: { method: 'PUT', url: 'Patient/stale', ifMatch: 'W/"7"' },
        },
      ]),
    );
    expect(status).toBe(412);
    expect((await house.fhir.get<Bundle>('Observation?subject=Patient/stale')).body.entry).toBeUndefined();
  });

  it('the same key runs a transaction once, also at the same time, and another request may not take it', async () => {
    const headers = { 'idempotency-key': 'rest-transaction' };
    const bundle = bundleOf('transaction', [
      { resource: patient('Keyed'), request: { method: 'POST', url: 'Patient' } },
      { resource: observation('Patient/keyed'), request: { method: 'POST', url: 'Observation' } },
    ]);
    const answers = await Promise.all([1, 2, 3].map(() => house.fhir.post<Bundle>('', bundle, { headers })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.entry?.[0]?.resource?.id)).size).toBe(1);
    expect((await house.fhir.get<Bundle>('Patient?family=Keyed')).body.entry).toHaveLength(1);
    const other = await house.fhir.post('', bundleOf('transaction', bundle.entry.slice(1)), { headers });
    expect(other.status).toBe(409);
  });
});

describe('Patient/$everything', () => {
  it('gathers the patient from all contexts, whole or in pages, with what is referred to', async () => {
    const { body: doctor } = await house.fhir.post<Json & { id: string }>('Practitioner', {
      resourceType: 'Practitioner',
      name: [{ family: 'Doc' }],
    });
    await house.fhir.put(
      'Patient/every',
      patient('Every', { id: 'every', generalPractitioner: [{ reference: `Practitioner/${doctor.id}` }] }),
    );
    for (let index = 0; index < 3; index += 1)
      await house.fhir.post('Observation', observation('Patient/every'));
    await house.fhir.post('Observation', observation('Patient/somebody-else'));
    const whole = await house.fhir.get<Bundle>('Patient/every/$everything');
    expect(whole.status).toBe(200);
    expect(whole.body.total).toBe(4);
    const types = (whole.body.entry ?? []).map(({ resource }) => resource!.resourceType).sort();
    expect(types).toEqual(['Observation', 'Observation', 'Observation', 'Patient', 'Practitioner']);
    const paged = new Set<string>();
    let path: string | undefined = 'Patient/every/$everything?_count=2';
    while (path !== undefined) {
      const { body } = await house.fhir.get<Bundle>(path);
      for (const { resource } of body.entry ?? []) paged.add(`${resource!.resourceType}/${resource!.id}`);
      const next = linkOf(body, 'next');
      path = next === undefined ? undefined : pathOf(next);
    }
    expect(paged.size).toBe(5);
    const some = await house.fhir.get<Bundle>('Patient/every/$everything?_type=Observation');
    expect(some.body.entry).toHaveLength(3);
    expect((await house.fhir.get('Patient/nobody/$everything')).status).toBe(404);
    // Observations of hers are there, she is not.
    expect((await house.fhir.get('Patient/somebody-else/$everything')).status).toBe(404);
    expect((await house.fhir.get('Patient/somebody-else/$everything?_type=Observation')).status).toBe(404);
    expect((await house.fhir.get<Bundle>('Patient/every/%24everything')).body.total).toBe(4);
  });

  it('leaves out what the token does not name, and what only looks as if it were ours', async () => {
    await house.fhir.put('Practitioner/near', { resourceType: 'Practitioner', id: 'near' });
    const referring = [
      { reference: 'Practitioner/near' },
      { reference: 'http://far.example/Practitioner/near' },
    ];
    await house.fhir.put('Patient/scoped', patient('Scoped', { id: 'scoped' }));
    await house.fhir.post('Observation', observation('Patient/scoped', { performer: [referring[0]] }));
    const narrow = await house.clientWith(['patient/Patient.rs', 'patient/Observation.rs'], ['scoped']);
    const { status, body } = await narrow.get<Bundle>('Patient/scoped/$everything');
    expect([status, typesOf(body)]).toEqual([200, ['Observation', 'Patient']]);
    const included = await narrow.get<Bundle>('Observation?_include=Observation:performer');
    expect([included.status, typesOf(included.body)]).toEqual([200, ['Observation']]);
    await house.fhir.put('Patient/far', patient('Far', { id: 'far', generalPractitioner: [referring[1]] }));
    expect(typesOf((await house.fhir.get<Bundle>('Patient/far/$everything')).body)).toEqual(['Patient']);
  });

  it('is refused for an id that is none, like every other read', async () => {
    const cursor = Buffer.from('{"from":1}').toString('base64url');
    for (const path of ['', '/_history', '/_history/1', `/$everything?_cursor=${cursor}`]) {
      expect((await house.fhir.get(`Patient/a%00b${path}`)).status).toBe(400);
      expect((await house.fhir.get(`Patient/a%22b${path}`)).status).toBe(400);
    }
  });
});
