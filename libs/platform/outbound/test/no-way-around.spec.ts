import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Receiver } from '#platform/testing';
import { outboundTo } from './outbound-house.ts';

/** Server-side request forgery: the partner is at `127.0.0.1:port/fhir/`, the canary is everywhere else. */
describe('a request to another system', () => {
  let partner: Receiver;
  let canary: Receiver;
  let base: string;

  beforeAll(async () => {
    partner = await new Receiver().open();
    canary = await new Receiver().open();
    base = `http://127.0.0.1:${partner.port}/fhir`;
  });
  beforeEach(() => {
    partner.received.length = 0;
    canary.received.length = 0;
    partner.answer = (_, response) => response.end('{}');
  });
  afterAll(async () => {
    await partner.close();
    await canary.close();
  });

  it('reaches the partner at its address and below', async () => {
    const { ask } = outboundTo({ baseUrl: base });
    for (const path of ['', '/', '/Patient/1', '/Patient?name=a%20b']) await ask(`${base}${path}`);
    expect(partner.received.map(({ path }) => path)).toEqual([
      '/fhir',
      '/fhir/',
      '/fhir/Patient/1',
      '/fhir/Patient?name=a%20b',
    ]);
  });

  it.each([
    ['another port', () => `http://127.0.0.1:${canary.port}/fhir/Patient`],
    ['the partner as the user of another host', () => `http://127.0.0.1:80@127.0.0.1:${canary.port}/fhir/`],
    ['a user before the partner', () => `http://user:word@127.0.0.1:${partner.port}/fhir/Patient`],
    ['the partner as the beginning of another host', () => `${base.replace('/fhir', '')}.evil.example/fhir/`],
    ['another path', () => `http://127.0.0.1:${partner.port}/admin`],
    ['the base as the beginning of another segment', () => `${base}-other/Patient`],
    ['a dot segment', () => `${base}/../admin`],
    ['a coded dot segment', () => `${base}/%2e%2e/admin`],
    ['a half coded dot segment', () => `${base}/.%2E/admin`],
    ['a coded slash', () => `${base}/..%2fadmin`],
    ['a coded backslash', () => `${base}/..%5cadmin`],
    ['a twice coded dot segment', () => `${base}/%252e%252e/admin`],
    ['a backslash', () => `${base}\\..\\admin`],
    ['a backslash before the host', () => `http:\\\\127.0.0.1:${partner.port}/fhir/`],
    ['another scheme', () => `https://127.0.0.1:${partner.port}/fhir/`],
    ['a file', () => 'file:///etc/passwd'],
    ['a tab inside', () => `${base}/Pat\tient`],
    ['a line end inside', () => `${base}/Patient\r\nHost: evil.example`],
    ['a fragment', () => `${base}/Patient#@evil.example/`],
    ['a number for the address', () => `http://2130706433:${partner.port}/fhir/Patient`],
    ['an octal address', () => `http://0177.0.0.1:${partner.port}/fhir/Patient`],
    ['a short address', () => `http://127.1:${partner.port}/fhir/Patient`],
    ['a mapped address', () => `http://[::ffff:127.0.0.1]:${partner.port}/fhir/Patient`],
    ['a name for the address', () => `http://localhost:${partner.port}/fhir/Patient`],
    ['a name with the address in it', () => `http://127.0.0.1.nip.io:${partner.port}/fhir/Patient`],
    ['no scheme', () => `//127.0.0.1:${canary.port}/fhir/Patient`],
    ['nothing', () => ''],
  ])('goes nowhere with %s', async (_, url) => {
    const { ask, recorded } = outboundTo({ baseUrl: base });
    await expect(ask(url())).rejects.toMatchObject({ kind: 'forbidden' });
    expect([...partner.received, ...canary.received, ...recorded]).toEqual([]);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirection (%i)', async (status) => {
    partner.answer = (_, response) =>
      response.writeHead(status, { location: `http://127.0.0.1:${canary.port}/` }).end();
    const { ask } = outboundTo({ baseUrl: base });
    await expect(ask(`${base}/Patient`)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(canary.received).toEqual([]);
  });

  it('goes to no partner of another kind, and to none that is not declared', async () => {
    const { ask } = outboundTo({ baseUrl: base, kind: 'rest-hook' });
    await expect(ask(`${base}/Patient`)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(ask(`${base}/Patient`, { partner: 'else' })).rejects.toMatchObject({ kind: 'forbidden' });
    expect(partner.received).toEqual([]);
  });

  describe('by a name', () => {
    const lead = (...addresses: string[]) =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

    it.each([
      ['a loopback address', ['127.0.0.1']],
      ['IPv6 loopback', ['::1']],
      ['a mapped loopback address', ['::ffff:127.0.0.1']],
      ['a private address', ['10.1.2.3']],
      ['a shared address', ['100.64.0.1']],
      ['a unique local address', ['fd12::1']],
      ['the metadata service', ['169.254.169.254']],
      ['the metadata service by IPv6', ['fd00:ec2::254']],
      ['a link-local address', ['fe80::1']],
      ['a translated address (NAT64)', ['64:ff9b::7f00:1']],
      ['a 6to4 address', ['2002:7f00:1::']],
      ['this host', ['0.0.0.0']],
      ['multicast', ['224.0.0.1']],
      ['a public address and a private one', ['8.8.8.8', '127.0.0.1']],
      ['no address', []],
    ])('goes nowhere when it leads to %s', async (_, addresses) => {
      const { ask } = outboundTo(
        { baseUrl: `http://partner.example:${canary.port}/`, allowPlain: true },
        { resolve: async () => lead(...addresses) },
      );
      await expect(ask(`http://partner.example:${canary.port}/Patient`)).rejects.toMatchObject({
        kind: 'unavailable',
      });
      expect(canary.received).toEqual([]);
    });

    it.each(['169.254.169.254', '100.100.100.200', 'fd00:ec2::254', 'fe80::1'])(
      'goes never to %s, whatever is declared',
      async (address) => {
        const declared = { baseUrl: 'http://partner.example/', allowPlain: true, network: 'private' };
        const { ask } = outboundTo(declared, { resolve: async () => lead(address) });
        await expect(ask('http://partner.example/')).rejects.toMatchObject({ kind: 'unavailable' });
      },
    );

    it('asks DNS once, and goes to what it checked, not to what the name leads to a moment later', async () => {
      const answers = [lead('127.0.0.1'), lead('169.254.169.254')];
      let asked = 0;
      const { ask } = outboundTo(
        { baseUrl: `http://partner.example:${partner.port}/`, network: 'loopback' },
        { resolve: async () => answers[asked++]! },
      );
      await ask(`http://partner.example:${partner.port}/Patient`);
      expect([asked, partner.received.length]).toEqual([1, 1]);
      expect(partner.received[0]!.headers.host).toBe(`partner.example:${partner.port}`);
    });
  });
});
