import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { issueOneUseCode, loadPublicKeys, loadSigningKey, tokenKeyFinder } from '#platform/edge';
import { openContextDatabase, partUrl } from '#platform/database';
import { eventually } from '#platform/testing';
import { RefusalLog } from '../src/home/refusal-log.ts';
import { openEdgeHouse, type EdgeHouse } from './edge-house.ts';
import { sendRaw } from './raw-http.ts';

let house: EdgeHouse;
beforeAll(async () => {
  house = await openEdgeHouse();
});
afterAll(() => house.close());

const holder = {
  subject: 'Practitioner/demo',
  kind: 'user',
  client: 'console',
  scopes: ['user/*.cruds'],
} as const;
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${house.url}${path}`, { headers, redirect: 'manual' });
const cookieOf = (answer: Response) => (answer.headers.get('set-cookie') ?? '').split(';')[0]!;

describe('the one-use code of the printed address', () => {
  it('opens one session, once', async () => {
    const code = await issueOneUseCode(house.home, holder);
    const answers = await Promise.all([1, 2, 3].map(() => get(`/session/start?code=${code}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 401, 401]);
    const opened = answers.find(({ status }) => status === 303)!;
    expect(opened.headers.get('location')).toBe('/');
    expect(opened.headers.get('set-cookie')).toMatch(
      /^septum_session=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
    );
    const who = await get('/session', { cookie: cookieOf(opened) });
    expect(await who.json()).toEqual(holder);
  });

  it.each(['', '?code=', '?code=guess', '?code=a&code=b'])('is needed: %j opens nothing', async (query) => {
    expect((await get(`/session/start${query}`)).status).toBe(401);
  });

  it('says to a browser, in a page, how to get a new one once it was used', async () => {
    const code = await issueOneUseCode(house.home, holder);
    const open = () => get(`/session/start?code=${code}`, { accept: 'text/html,*/*;q=0.8' });
    expect((await open()).status).toBe(303);
    const again = await open();
    expect(again.status).toBe(401);
    expect(again.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(again.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await again.text();
    expect(page).toContain('<p>This address was used before, or is too old.');
    expect(page).toContain('npx septum console');
    expect(page).not.toContain(code);
  });

  it('is not kept as it is, and neither is the session', async () => {
    const code = await issueOneUseCode(house.home, holder);
    const { headers } = await get(`/session/start?code=${code}`);
    const cookie = /=([^;]+)/.exec(headers.get('set-cookie') ?? '')![1]!;
    const rows = await house.home.query<{ text: string }>('*', {
      text: `select row_to_json(s)::text as text from edge.session s union all select row_to_json(c)::text from edge.one_use_code c`,
    });
    expect(rows.length).toBeGreaterThan(0);
    for (const { text } of rows) expect(text).not.toMatch(new RegExp(`${code}|${cookie}`));
  });
});

describe('a session', () => {
  let cookie: string;
  beforeAll(async () => {
    cookie = cookieOf(await get(`/session/start?code=${await issueOneUseCode(house.home, holder)}`));
  });
  const status = async (headers: readonly string[], host = '127.0.0.1') =>
    (
      await sendRaw(
        house.port,
        `GET /session HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nCookie: ${cookie}\r\n${headers.map((each) => `${each}\r\n`).join('')}\r\n`,
      )
    ).status;

  it('is good for the console on this machine', async () => {
    expect(await status([])).toBe(200);
    expect(await status(['Sec-Fetch-Site: same-origin', 'Origin: http://127.0.0.1'])).toBe(200);
    expect(await status([], 'localhost:8080')).toBe(200);
  });

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:8080', '10.0.0.5', ''])(
    'is not, when the host is %j: a foreign name may lead here',
    async (host) => {
      expect(await status([], host)).not.toBe(200);
    },
  );

  it('is not for the pages of others, also of other ports of this machine', async () => {
    expect(await status(['Sec-Fetch-Site: same-site'])).toBe(401);
    expect(await status(['Sec-Fetch-Site: cross-site'])).toBe(401);
    expect(await status(['Origin: http://127.0.0.1:9999'])).toBe(401);
    expect(await status(['Origin: null'])).toBe(401);
  });

  it('is no good where a bad token is sent beside it', async () => {
    expect(await status(['Authorization: Bearer x'])).toBe(401);
  });

  it('ends when it expires', async () => {
    const other = cookieOf(await get(`/session/start?code=${await issueOneUseCode(house.home, holder)}`));
    await house.home.query('*', { text: `update edge.session set expires_at = now() - interval '1 second'` });
    expect((await get('/session', { cookie: other })).status).toBe(401);
  });
});

describe('signing keys', () => {
  it('are made once for each part, whoever asks first', async () => {
    const keys = await Promise.all([1, 2, 3].map(() => loadSigningKey(house.home, 'edge', 'caller')));
    expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(1);
  });

  it('show every part all public halves and only its own private one', async () => {
    const patients = openContextDatabase({
      url: partUrl(house.databaseUrl, 'patients'),
      context: 'patients',
    });
    try {
      await loadSigningKey(patients, 'patients', 'caller');
      const parts = (await loadPublicKeys(patients)).map(({ part, purpose }) => `${part} ${purpose}`);
      expect(parts.sort()).toEqual(['edge caller', 'edge token', 'patients caller']);
      const own = await patients.query<{ part: string }>('*', {
        text: 'select part from edge.signing_secret join edge.signing_key using (key_id)',
      });
      expect(own).toEqual([{ part: 'patients' }]);
      await expect(loadSigningKey(patients, 'edge', 'caller')).rejects.toMatchObject({ kind: 'forbidden' });
      for (const table of [
        'session',
        'one_use_code',
        'idempotent_answer',
        'transaction_decision',
        'refusal',
      ]) {
        await expect(patients.query('*', { text: `select * from edge.${table}` })).rejects.toThrow();
      }
      const forge = (part: string, purpose: string, role: string) =>
        patients.query('*', {
          text: `insert into edge.signing_key (key_id, part, purpose, role, public_key) values (gen_random_uuid(), $1, $2, $3, 'x')`,
          values: [part, purpose, role],
        });
      await expect(forge('clinical', 'caller', 'septum_clinical')).rejects.toThrow();
      await expect(forge('clinical', 'caller', 'septum_patients')).rejects.toThrow();
      await expect(forge('patients', 'token', 'septum_patients')).rejects.toThrow();
    } finally {
      await patients.close();
    }
  });
});

describe('the keys of tokens', () => {
  const keyOf = async (home: EdgeHouse['home']) => (await loadSigningKey(home, 'edge', 'token')).keyId;

  it('are found, and asked for again when one is unknown, not too often', async () => {
    let now = 0;
    let asked = 0;
    const counted = {
      ...house.home,
      query: (...args: Parameters<EdgeHouse['home']['query']>) => ((asked += 1), house.home.query(...args)),
    };
    const find = tokenKeyFinder(counted as EdgeHouse['home'], () => now);
    expect(await find(await keyOf(house.home))).toBeDefined();
    for (let index = 0; index < 20; index += 1) expect(await find(`made-up-${index}`)).toBeUndefined();
    expect(asked).toBe(1);
    now += 10_000;
    await Promise.all([find('a'), find('b'), find('c')]);
    expect(asked).toBe(2);
  });

  it('are not forgotten because the database did not answer once', async () => {
    const broken = { ...house.home, query: () => Promise.reject(new Error('away')) };
    const home = { query: broken.query } as unknown as EdgeHouse['home'];
    const find = tokenKeyFinder(home, () => 0);
    const keyId = await keyOf(house.home);
    await expect(find(keyId)).rejects.toThrow('away');
    home.query = house.home.query.bind(house.home);
    expect(await find(keyId)).toBeDefined();
  });

  it('open nothing any more a minute after they were retired', async () => {
    let now = 0;
    const other = await openEdgeHouse();
    try {
      const find = tokenKeyFinder(other.home, () => now);
      const keyId = await keyOf(other.home);
      expect(await find(keyId)).toBeDefined();
      const operator = new pg.Client({ connectionString: other.databaseUrl });
      await operator.connect();
      await operator.query('update edge.signing_key set retired_at = now() where key_id = $1', [keyId]);
      await operator.end();
      now += 60_000;
      expect(await find(keyId)).toBeUndefined();
    } finally {
      await other.close();
    }
  });
});

describe('what has had its time', () => {
  it('is deleted at the next start, and nothing else', async () => {
    const old = `now() - interval '25 hours'`;
    await house.home.query('*', {
      text: `insert into edge.idempotent_answer (client, key, request_hash, answer, created_at)
             values ('c', 'old', '', '', ${old}), ('c', 'new', '', '', now())`,
    });
    const other = await openEdgeHouse({ databaseUrl: house.databaseUrl });
    try {
      await eventually(async () => {
        const rows = await house.home.query('*', {
          text: `select key from edge.idempotent_answer where client = 'c'`,
        });
        expect(rows).toEqual([{ key: 'new' }]);
      });
    } finally {
      await other.close();
    }
  });
});

describe('refusals', () => {
  const told = async (house: EdgeHouse) =>
    house.home.query('*', {
      text: 'select status, subject, address, method, type, count from edge.refusal order by status, address',
    });

  it('are recorded: equal ones in one row, who and what, no address of a resource', async () => {
    const other = await openEdgeHouse({ rateLimit: 1 });
    try {
      const headers = { authorization: `Bearer ${await other.token()}` };
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => fetch(`${other.url}/fhir/R4/Patient/secret-id`, { headers })),
      );
      await other.edge.close();
      const refused = answers.filter(({ status }) => status === 429).length;
      expect(refused).toBeGreaterThan(10);
      const rows = await told(other);
      expect(rows.length).toBeLessThan(refused);
      for (const row of rows)
        expect(row).toMatchObject({ status: 429, subject: 'client/test', method: 'GET', type: 'Patient' });
      expect(rows.reduce((sum, { count }) => sum + Number(count), 0)).toBe(refused);
    } finally {
      await other.close();
    }
  });

  it('of a stranger are counted by where they came from, whatever they tried', async () => {
    const other = await openEdgeHouse();
    try {
      for (const method of ['GET', 'DELETE'])
        for (const type of ['Patient', 'Observation'])
          await fetch(`${other.url}/fhir/R4/${type}/secret-id`, { method });
      await other.edge.close();
      expect(await told(other)).toEqual([
        { status: 401, subject: '', address: '127.0.0.1', method: '', type: '', count: 4 },
      ]);
    } finally {
      await other.close();
    }
  });

  it('fill no table when strangers come from everywhere', async () => {
    const log = new RefusalLog(house.home);
    for (let host = 0; host < 500; host += 1)
      log.append({
        status: 401,
        subject: '',
        client: '',
        address: `10.0.${host}.1`,
        method: 'GET',
        type: '',
      });
    await log.flush();
    const rows = (await told(house)).filter(({ address }) => /^(10\.0\.|others)/.test(String(address)));
    expect(rows.length).toBeLessThan(100);
    expect(rows.reduce((sum, { count }) => sum + Number(count), 0)).toBe(500);
  });
});

describe('the share of a client', () => {
  it('is refused beyond it, with the time to wait, and dear requests before cheap ones', async () => {
    const other = await openEdgeHouse({ rateLimit: 10 });
    try {
      const authorization = `Bearer ${await other.token()}`;
      const ask = async (path: string, token = authorization) =>
        fetch(`${other.url}${path}`, { headers: { authorization: token } });
      // At the same time, because the share grows with time.
      const dear = await Promise.all([1, 2].map(() => ask('/fhir/R4/Patient/a/$everything')));
      expect(dear.map(({ status }) => status).toSorted()).toEqual([429, 503]);
      const refused = dear.find(({ status }) => status === 429);
      expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await ask('/session')).status).toBe(200);
      const cheap = await Promise.all(Array.from({ length: 200 }, () => ask('/session')));
      expect(cheap.some(({ status }) => status === 429)).toBe(true);
      const neighbour = `Bearer ${await other.token({ client: 'client/other' })}`;
      expect((await ask('/session', neighbour)).status).toBe(200);
    } finally {
      await other.close();
    }
  });
});
