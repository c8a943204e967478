import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEdgeHouse, type EdgeHouse } from './edge-house.ts';
import { sendRaw } from './raw-http.ts';

let house: EdgeHouse;
let authorization: string;
beforeAll(async () => {
  house = await openEdgeHouse();
  authorization = `Bearer ${await house.token()}`;
});
afterAll(() => house.close());

const fhir = { 'content-type': 'application/fhir+json' };

async function send(
  method: string,
  path: string,
  options: { body?: string | Buffer | (() => string | Buffer); headers?: Record<string, string> } = {},
) {
  const { body, headers = body === undefined ? {} : fhir } = options;
  const answer = await fetch(`${house.url}${path}`, {
    signal: AbortSignal.timeout(10_000),
    method,
    headers: { authorization, ...headers },
    ...(body === undefined ? {} : { body: (typeof body === 'function' ? body() : body) as string }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, outcome: JSON.parse(text) as Outcome };
}

interface Outcome {
  readonly resourceType: string;
  readonly issue: readonly {
    readonly severity: string;
    readonly code: string;
    readonly diagnostics: string;
  }[];
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const patient = '{"resourceType":"Patient"}';
const transaction = (entry: string) => `{"resourceType":"Bundle","type":"transaction","entry":[${entry}]}`;

/** interface.md, "Answers to bad input", as far as the edge answers by itself. */
const cases: readonly [string, number, string, string, string, Parameters<typeof send>[2]?][] = [
  ['an unknown parameter', 400, 'not-supported', 'GET', '/fhir/R4/Patient?colour=red'],
  [
    'an unknown parameter in a form',
    400,
    'not-supported',
    'POST',
    '/fhir/R4/Patient/_search',
    { body: 'colour=red', headers: form },
  ],
  ['an unknown parameter of history', 400, 'not-supported', 'GET', '/fhir/R4/Patient/a/_history?colour=red'],
  [
    'an unknown parameter of $everything',
    400,
    'not-supported',
    'GET',
    '/fhir/R4/Patient/a/$everything?colour=red',
  ],
  ['a chained parameter', 400, 'not-supported', 'GET', '/fhir/R4/Observation?subject:Patient.name=x'],
  ['a value that cannot be read', 400, 'value', 'GET', '/fhir/R4/Patient?birthdate=yesterday'],
  ['a page size that is none', 400, 'value', 'GET', '/fhir/R4/Patient?_count=-1'],
  ['a history size that is none', 400, 'value', 'GET', '/fhir/R4/Patient/a/_history?_count=x'],
  ['an instant that is none', 400, 'value', 'GET', '/fhir/R4/Patient/a/_history?_since=now'],
  [
    'an If-Match that names no version',
    400,
    'value',
    'PUT',
    '/fhir/R4/Patient/a',
    { body: patient, headers: { ...fhir, 'if-match': 'latest' } },
  ],
  [
    'an Idempotency-Key with a space',
    400,
    'value',
    'POST',
    '/fhir/R4/Patient',
    { body: patient, headers: { ...fhir, 'idempotency-key': 'a b' } },
  ],
  [
    'a conditional create',
    400,
    'not-supported',
    'POST',
    '/fhir/R4/Patient',
    { body: patient, headers: { ...fhir, 'if-none-exist': 'name=x' } },
  ],
  ['malformed JSON in a Bundle', 400, 'structure', 'POST', '/fhir/R4', { body: '{"resourceType":"Bundle",' }],
  ['something else than a Bundle', 400, 'structure', 'POST', '/fhir/R4', { body: patient }],
  [
    'a Bundle that is only to be stored',
    400,
    'structure',
    'POST',
    '/fhir/R4',
    { body: '{"resourceType":"Bundle","type":"collection"}' },
  ],
  [
    'a body that is not UTF-8',
    400,
    'structure',
    'POST',
    '/fhir/R4/Patient',
    { body: Buffer.from([0x7b, 0xff, 0x7d]) },
  ],
  [
    'an entry without a request',
    400,
    'structure',
    'POST',
    '/fhir/R4',
    { body: transaction(`{"resource":${patient}}`) },
  ],
  [
    'an entry that leads elsewhere',
    400,
    'structure',
    'POST',
    '/fhir/R4',
    { body: transaction('{"request":{"method":"GET","url":"a/b/c/d/e"}}').replace('GET', 'PUT') },
  ],
  [
    'two entries for one resource',
    400,
    'value',
    'POST',
    '/fhir/R4',
    { body: transaction(Array(2).fill('{"request":{"method":"DELETE","url":"Patient/a"}}').join(',')) },
  ],
  [
    'a conditional update in a transaction',
    400,
    'not-supported',
    'POST',
    '/fhir/R4',
    { body: transaction(`{"resource":${patient},"request":{"method":"PUT","url":"Patient?name=x"}}`) },
  ],
  ...['Patient/a/_history/1', 'Patient/a/_history', 'Patient/a/$everything', 'Patient/a?name=x'].map(
    (url): (typeof cases)[number] => [
      `an entry that deletes ${url}, which is not the resource itself`,
      400,
      'not-supported',
      'POST',
      '/fhir/R4',
      { body: transaction(`{"request":{"method":"DELETE","url":"${url}"}}`) },
    ],
  ),
  [
    'two resources of a transaction with one fullUrl',
    400,
    'value',
    'POST',
    '/fhir/R4',
    {
      body: transaction(
        Array(2)
          .fill(`{"fullUrl":"urn:uuid:1","resource":${patient},"request":{"method":"POST","url":"Patient"}}`)
          .join(','),
      ),
    },
  ],
  [
    'a conditional reference in a transaction',
    400,
    'not-supported',
    'POST',
    '/fhir/R4',
    {
      body: transaction(
        '{"resource":{"resourceType":"Observation","subject":{"reference":"Patient?identifier=1"}},"request":{"method":"POST","url":"Observation"}}',
      ),
    },
  ],
  ['no such type', 404, 'not-found', 'GET', '/fhir/R4/Patience/a'],
  ['no such type, written', 404, 'not-found', 'POST', '/fhir/R4/Patience', { body: patient }],
  [
    'no such type in a transaction',
    404,
    'not-found',
    'POST',
    '/fhir/R4',
    { body: transaction(`{"resource":${patient},"request":{"method":"POST","url":"Patience"}}`) },
  ],
  ['no such operation', 404, 'not-found', 'GET', '/fhir/R4/Patient/$divine'],
  ['no such version', 404, 'not-found', 'GET', '/fhir/R4/Patient/a/_history/0'],
  ['no such address', 404, 'not-found', 'GET', '/nowhere'],
  [
    'a method that FHIR does not have',
    405,
    'not-supported',
    'PATCH',
    '/fhir/R4/Patient/a',
    { body: '[]', headers: { 'content-type': 'application/json-patch+json' } },
  ],
  [
    'XML asked for',
    406,
    'not-supported',
    'GET',
    '/fhir/R4/Patient/a',
    { headers: { accept: 'application/fhir+xml' } },
  ],
  ['XML asked for by parameter', 406, 'not-supported', 'GET', '/fhir/R4/Patient/a?_format=xml'],
  [
    'another release asked for',
    406,
    'not-supported',
    'GET',
    '/fhir/R4/Patient/a',
    { headers: { accept: 'application/fhir+json; fhirVersion=5.0' } },
  ],
  [
    'XML asked of the public statement',
    406,
    'not-supported',
    'GET',
    '/fhir/R4/metadata',
    { headers: { accept: 'text/html' } },
  ],
  [
    'too large a resource',
    413,
    'too-long',
    'POST',
    '/fhir/R4/Patient',
    { body: () => Buffer.alloc(4 * 2 ** 20 + 1, 32) },
  ],
  [
    'too large a Binary',
    413,
    'too-long',
    'POST',
    '/fhir/R4/Binary',
    { body: () => Buffer.alloc(32 * 2 ** 20 + 1, 32) },
  ],
  [
    'too many entries',
    413,
    'too-long',
    'POST',
    '/fhir/R4',
    { body: () => transaction(Array(10_001).fill('{}').join(',')) },
  ],
  [
    'XML sent',
    415,
    'not-supported',
    'POST',
    '/fhir/R4/Patient',
    { body: '<Patient/>', headers: { 'content-type': 'application/fhir+xml' } },
  ],
  [
    'plain text sent',
    415,
    'not-supported',
    'PUT',
    '/fhir/R4/Patient/a',
    { body: patient, headers: { 'content-type': 'text/plain' } },
  ],
  [
    'another character set',
    415,
    'not-supported',
    'POST',
    '/fhir/R4',
    { body: patient, headers: { 'content-type': 'application/json; charset=latin1' } },
  ],
  [
    'a compressed body',
    415,
    'not-supported',
    'POST',
    '/fhir/R4/Patient',
    { body: patient, headers: { ...fhir, 'content-encoding': 'gzip' } },
  ],
  ['a search form that is JSON', 415, 'not-supported', 'POST', '/fhir/R4/Patient/_search', { body: '{}' }],
];

describe('bad input is answered with its status and an OperationOutcome', () => {
  it.each(cases)('%s: %i', async (_name, status, code, method, path, options = {}) => {
    const answer = await send(method, path, options);
    expect(answer.outcome.resourceType).toBe('OperationOutcome');
    expect({ status: answer.status, code: answer.outcome.issue[0]?.code }).toEqual({ status, code });
    expect(answer.outcome.issue[0]?.diagnostics).toMatch(/\w{3}/);
    expect(answer.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(JSON.stringify(answer.outcome)).not.toMatch(/\bat .*:\d+:\d+|node_modules|\.ts\b/);
  });

  it('names the unknown parameter', async () => {
    const { outcome } = await send('GET', '/fhir/R4/Patient?colour=red');
    expect(outcome.issue[0]?.diagnostics).toContain('colour');
  });

  it('a part that does not run: 503 and when to come back', async () => {
    const { status, headers, outcome } = await send('GET', '/fhir/R4/Patient/a');
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(outcome.issue[0]?.code).toBe('transient');
  });

  it('an endless body ends at the limit, without a length in advance', async () => {
    const chunk = ' '.repeat(65_536);
    const body = `${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(80);
    const answer = await sendRaw(
      house.port,
      `POST /fhir/R4/Patient HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Type: application/fhir+json\r\n` +
        `Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${body}0\r\n\r\n`,
    );
    expect(answer.status).toBe(413);
  });

  it('a body is not read before its sender is known', async () => {
    const answer = await sendRaw(
      house.port,
      'POST /fhir/R4 HTTP/1.1\r\nHost: a\r\nContent-Type: application/fhir+json\r\nContent-Length: 60000000\r\n\r\n{"resourceType"',
    );
    expect(answer.status).toBe(401);
    expect(answer.head).toMatch(/connection: close/i);
  });

  it('a request that is no HTTP is refused without a word of what is inside', async () => {
    const answer = await sendRaw(house.port, 'GET /\x01 HTTP/9.9\r\n\r\n');
    expect(answer.status).toBe(400);
    expect(answer.body).not.toMatch(/stack|\.js/);
  });
});

describe('the headers of an answer', () => {
  it('give the request id, keep it out of caches, name no server', async () => {
    const answer = await fetch(`${house.url}/fhir/R4/metadata`, { headers: { 'x-request-id': 'abc-1' } });
    expect(answer.headers.get('x-request-id')).toBe('abc-1');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('server')).toBeNull();
    expect(answer.headers.get('x-powered-by')).toBeNull();
  });

  it('take no request id that could end up somewhere else than in a header', async () => {
    const answer = await fetch(`${house.url}/fhir/R4/metadata`, { headers: { 'x-request-id': '<script>' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  });
});
