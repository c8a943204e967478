import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TLSSocket } from 'node:tls';
import { outboundTo } from './outbound-house.ts';

/**
 * Each certificate signs itself, for 127.0.0.1, until 2126; they open nothing. Made by
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -addext subjectAltName=IP:127.0.0.1`.
 */
const file = (name: string) => join(import.meta.dirname, 'certificates', name);

describe('a partner behind TLS', () => {
  let server: Server;
  let baseUrl: string;

  beforeAll(async () => {
    const [cert, key, ca] = ['server.pem', 'server.key', 'client.pem'].map((name) =>
      readFileSync(file(name)),
    );
    server = createServer(
      { cert, key, ca, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        response.end(String((request.socket as TLSSocket).authorized));
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('is called when its certificate is of the declared authority', async () => {
    expect((await outboundTo({ baseUrl, caFile: file('server.pem') }).ask(baseUrl)).text).toBe('false');
  });

  it('is shown the declared certificate', async () => {
    const client = { certFile: file('client.pem'), keyFile: file('client.key') };
    const { ask } = outboundTo({ baseUrl, caFile: file('server.pem'), ...client });
    expect((await ask(baseUrl)).text).toBe('true');
  });

  it.each([undefined, file('client.pem')])(
    'is not called when its certificate is not (%#)',
    async (caFile) => {
      const { ask } = outboundTo({ baseUrl, ...(caFile === undefined ? {} : { caFile }) });
      await expect(ask(baseUrl)).rejects.toThrow(/was not reached \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
    },
  );
});
