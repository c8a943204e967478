import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { generateSigningKey, issueToken } from '#platform/access';
import { Health, healthModule, Metrics, topology } from '#platform/runtime';
import { openEdgeHouse, type EdgeHouse } from './edge-house.ts';
import { sendRaw } from './raw-http.ts';

/** interface.md, "Public", as far as it is served. */
const publicRoutes = ['/fhir/R4/metadata', '/health/live', '/health/ready', '/health/startup'].flatMap(
  (path) => [`GET ${path}`, `HEAD ${path}`],
);
/** Opened by the one-use code of the printed URL and by nothing else. */
const codeRoutes = ['GET /session/start', 'HEAD /session/start'];

let house: EdgeHouse;
beforeAll(async () => {
  const health = new Health({ topology: topology(['edge'], { only: [], except: [] }) });
  house = await openEdgeHouse({ imports: [healthModule(health, new Metrics())] });
});
afterAll(() => house.close());

const request = (method: string, target: string, headers: readonly string[]) =>
  `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n${headers.map((each) => `${each}\r\n`).join('')}\r\n`;

/** A path as somebody might write it who hopes that guard and router read it differently. */
function spellings(path: string, port: number): string[] {
  const parts = path.split('/').slice(1);
  const last = parts.at(-1)!;
  const rest = parts.slice(0, -1);
  const encoded = (text: string) => [...text].map((each) => `%${each.charCodeAt(0).toString(16)}`).join('');
  return [
    path,
    `${path}/`,
    `${path}//`,
    `/${path}`,
    `//${parts.join('//')}`,
    `/${rest.join('/')}%2f${last}`,
    `/${parts.join('%2F')}`,
    `/${parts.map(encoded).join('/')}`,
    `/${[...rest, encoded(last)].join('/')}`,
    `/./${parts.join('/')}`,
    `/${parts.join('/./')}`,
    `/x/../${parts.join('/')}`,
    `/x/%2e%2e/${parts.join('/')}`,
    `/%2e/${parts.join('/')}`,
    `/fhir/R4/metadata/../../../${parts.join('/')}`,
    `/fhir/R4/metadata/%2e%2e/%2e%2e/%2e%2e/${parts.join('/')}`,
    `/fhir/R4/metadata;/../${parts.join('/')}`,
    `/health/live/..%2f..%2f${parts.join('/')}`,
    `${path};`,
    `${path};/fhir/R4/metadata`,
    `/fhir/R4/metadata;${path}`,
    `${path}.`,
    `${path}...`,
    `${path}%20`,
    `${path}%00`,
    `${path}%2e`,
    `${path}\\`,
    `/${parts.join('\\')}`,
    `${path}#`,
    `${path}?`,
    `${path}?/fhir/R4/metadata`,
    `${path}%3f/fhir/R4/metadata`,
    `${path}%23`,
    path.toUpperCase(),
    path.toLowerCase(),
    path.replace(/[a-z]/, (letter) => letter.toUpperCase()),
    path.replace('k', '%E2%84%AA'),
    path.replace('s', '%C5%BF'),
    `http://127.0.0.1:${port}${path}`,
    `http://evil.example${path}`,
    `https://user:pass@127.0.0.1${path}`,
    `${path}.html`,
    `${path}.json`,
    `*${path}`,
  ].filter((each) => !/[\r\n ]/.test(each));
}

const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'QUERY',
  'SEARCH',
  'PROPFIND',
];

async function badCredentials(): Promise<string[][]> {
  const claims = { client_id: 'a', scope: 'system/*.cruds', kind: 'client' };
  const foreign = generateSigningKey('edge', 'token');
  const expired = await issueToken(
    house.tokenKey,
    { subject: 'a', kind: 'client', client: 'a', scopes: ['system/*.cruds'], lifetimeSeconds: 1 },
    Date.now() - 60_000,
  );
  const symmetric = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: house.tokenKey.keyId })
    .setIssuer('septum')
    .setAudience('septum')
    .setSubject('a')
    .setExpirationTime('1h')
    .sign(house.tokenKey.publicKey.export({ type: 'spki', format: 'der' }));
  const stranger = await issueToken(foreign, {
    subject: 'a',
    kind: 'client',
    client: 'a',
    scopes: ['system/*.cruds'],
    lifetimeSeconds: 600,
  });
  const bearers = [
    expired,
    symmetric,
    stranger,
    'null',
    'undefined',
    '',
    '..',
    'a.b.c',
    `${await house.token()}x`,
  ];
  return [
    [],
    ...bearers.map((each) => [`Authorization: Bearer ${each}`]),
    [`Authorization: Basic ${Buffer.from('admin:admin').toString('base64')}`],
    [`authorization: ${await house.token()}`],
    ['Cookie: septum_session='],
    ['Cookie: septum_session=undefined'],
    ['X-HTTP-Method-Override: GET', 'X-Original-URL: /fhir/R4/metadata', 'X-Rewrite-URL: /fhir/R4/metadata'],
    ['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Host: localhost', 'X-Forwarded-Prefix: /fhir/R4/metadata'],
    ['X-Septum-Caller: {"subject":"system/edge"}'],
  ];
}

const concrete = (path: string) =>
  path
    .replace(':type', 'Patient')
    .replace(':id', 'a')
    .replace(':version', '1')
    .replace(':operation', 'everything');

describe('without a credential', () => {
  it('the routes open to all are exactly those of the interface', async () => {
    const open: string[] = [];
    for (const { method, path } of house.edge.routes) {
      const { status } = await sendRaw(house.port, request(method, concrete(path), []));
      if (status !== 401) open.push(`${method} ${path}`);
    }
    expect(open.sort()).toEqual([...publicRoutes].sort());
    expect(house.edge.routes.map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining([...codeRoutes, 'GET /fhir/R4/:type/:id']),
    );
  });

  it('no method and no spelling of any route is answered', async () => {
    const closed = [...new Set(house.edge.routes.map(({ path }) => path))].filter(
      (path) => !publicRoutes.includes(`GET ${path}`),
    );
    const admitted: string[] = [];
    for (const path of closed) {
      for (const spelling of spellings(concrete(path), house.port)) {
        const answers = await Promise.all(
          methods.map((method) =>
            sendRaw(house.port, request(method, spelling, ['X-HTTP-Method-Override: GET'])),
          ),
        );
        answers.forEach(({ status }, index) => {
          // 0: the server dropped a request line that is no HTTP.
          if (![0, 400, 401, 404, 405, 414].includes(status))
            admitted.push(`${methods[index]!} ${spelling} ${status}`);
        });
      }
    }
    expect(admitted).toEqual([]);
  });

  it('no bad token, cookie or header opens a route', async () => {
    const credentials = await badCredentials();
    const admitted: string[] = [];
    for (const { method, path } of house.edge.routes) {
      if (publicRoutes.includes(`${method} ${path}`)) continue;
      const answers = await Promise.all(
        credentials.map((headers) => sendRaw(house.port, request(method, concrete(path), headers))),
      );
      answers.forEach(({ status }, index) => {
        if (status !== 401) admitted.push(`${method} ${path} ${credentials[index]!.join(', ')} ${status}`);
      });
    }
    expect(admitted).toEqual([]);
  });

  it('a good token does open them, so the refusals above mean something', async () => {
    const bearer = [`Authorization: Bearer ${await house.token()}`];
    const { status } = await sendRaw(house.port, request('GET', '/fhir/R4/Patient/a', bearer));
    // Nobody serves the context in this house.
    expect(status).toBe(503);
  });
});
