import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Receiver } from '#platform/testing';
import { exit } from '../src/exit.ts';
import { asking, caller, outboundTo } from './outbound-house.ts';

describe('a call to a partner', () => {
  let partner: Receiver;
  let baseUrl: string;
  let folder: string;

  beforeAll(async () => {
    partner = await new Receiver().open();
    baseUrl = `http://127.0.0.1:${partner.port}/fhir`;
    folder = mkdtempSync(join(tmpdir(), 'septum-outbound-'));
  });
  beforeEach(() => {
    partner.received.length = 0;
    partner.answer = (_, response) => response.end('{"resourceType":"Bundle"}');
  });
  afterAll(async () => {
    await partner.close();
    rmSync(folder, { recursive: true });
  });

  it('sends the body, and answers what the partner said, whatever its status', async () => {
    partner.answer = (_, response) =>
      response.writeHead(422, { 'content-type': 'application/fhir+json' }).end('no');
    const { ask } = outboundTo({ baseUrl });
    const headers = { 'content-type': 'application/fhir+json' };
    const answer = await ask(`${baseUrl}/hook`, { method: 'POST', headers, body: '{"a":"ä"}' });
    expect(answer).toMatchObject({ status: 422, text: 'no' });
    expect(partner.received[0]).toMatchObject({ method: 'POST', body: '{"a":"ä"}', headers });
  });

  it('bears the token of the partner’s file as it is now, and no other', async () => {
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'first\n');
    const { ask } = outboundTo({ baseUrl, tokenFile });
    await ask(baseUrl);
    writeFileSync(tokenFile, 'second\n');
    await ask(baseUrl, { headers: { Authorization: 'Bearer stolen', Host: 'evil.example', accept: 'a/b' } });
    expect(partner.received.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
    ]);
    expect(partner.received[1]!.headers).toMatchObject({ host: `127.0.0.1:${partner.port}`, accept: 'a/b' });
  });

  it('has its record before anything leaves, with the recipient in it', async () => {
    const { ask, recorded } = outboundTo({ baseUrl });
    partner.answer = (_, response) => response.end(String(recorded.length));
    const concerns = { type: 'MedicationRequest', count: 0, patients: ['p1'] };
    expect((await ask(`${baseUrl}/MedicationRequest?patient=p1`, { concerns })).text).toBe('1');
    expect(recorded).toEqual([{ ...concerns, action: 'E', detail: 'to city by asking' }]);
  });

  it('does not leave when the record cannot be made', async () => {
    const { ask } = outboundTo({ baseUrl }, { record: () => Promise.reject(new Error('disk full')) });
    const concerns = { type: 'Patient', count: 0, patients: ['p1'] };
    await expect(ask(baseUrl, { concerns })).rejects.toThrow('disk full');
    expect(partner.received).toEqual([]);
  });

  it('leaves by no exit that the context did not declare', async () => {
    const { outbound } = outboundTo({ baseUrl });
    const other = exit('patients', { ...asking, name: 'other' });
    const request = { partner: 'city', method: 'GET', url: baseUrl, concerns: 'nobody' } as const;
    await expect(outbound.request(caller, other, request)).rejects.toThrow(/not an exit of this context/);
    expect(partner.received).toEqual([]);
  });

  it('is sent and recorded once, whatever the answer', async () => {
    partner.answer = (_, response) => response.writeHead(503).end();
    const { ask, recorded } = outboundTo({ baseUrl });
    const concerns = { type: 'Patient', count: 1, patients: ['p1'] };
    expect((await ask(baseUrl, { concerns })).status).toBe(503);
    expect([partner.received.length, recorded.length]).toEqual([1, 1]);
  });

  it('ends in time', async () => {
    partner.answer = () => undefined;
    const { ask } = outboundTo({ baseUrl });
    const began = Date.now();
    await expect(ask(baseUrl, { timeoutMs: 150 })).rejects.toMatchObject({ kind: 'timeout' });
    partner.answer = (_, response) => response.writeHead(200).write('{');
    await expect(ask(baseUrl, { timeoutMs: 150 })).rejects.toMatchObject({ kind: 'timeout' });
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  it('can be called off', async () => {
    partner.answer = () => undefined;
    const { ask } = outboundTo({ baseUrl });
    const off = new AbortController();
    setTimeout(() => off.abort(new Error('no longer wanted')), 50);
    await expect(ask(baseUrl, { signal: off.signal })).rejects.toThrow('no longer wanted');
  });

  it('takes no more than it can hold, and sends no more either', async () => {
    const large = 'x'.repeat(17 * 1024 * 1024);
    partner.answer = (_, response) => response.end(large);
    const { ask } = outboundTo({ baseUrl });
    await expect(ask(baseUrl)).rejects.toMatchObject({ kind: 'unavailable' });
    partner.received.length = 0;
    await expect(ask(baseUrl, { method: 'POST', body: large })).rejects.toMatchObject({ kind: 'too-large' });
    expect(partner.received).toEqual([]);
  });

  it('says of a failure neither the address asked nor the token', async () => {
    const tokenFile = join(folder, 'secret');
    writeFileSync(tokenFile, 'topsecret');
    partner.answer = (_, response) => response.socket!.destroy();
    const { ask } = outboundTo({ baseUrl, tokenFile });
    const failure = await ask(`${baseUrl}/Patient?family=Canary`).catch((error: Error) => error);
    expect(failure).toMatchObject({ kind: 'unavailable' });
    expect(JSON.stringify([failure, String(failure)])).not.toMatch(/topsecret|Canary/);
  });
});
