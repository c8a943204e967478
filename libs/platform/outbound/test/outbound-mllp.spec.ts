import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acknowledge, MllpListener, readMessage, type MllpListenerOptions } from '#platform/hl7v2';
import { exit } from '../src/exit.ts';
import { mllpTo, telling } from './outbound-house.ts';

const file = (name: string) => join(import.meta.dirname, 'certificates', name);

describe('a message to a partner by MLLP', () => {
  const received: string[] = [];
  const listeners: MllpListener[] = [];
  let code: 'AA' | 'AR' | undefined;
  /** What it answers below its header instead. */
  let answer: string | undefined;

  /** A receiver on a port of its own; it stays silent where `code` is undefined. */
  async function listen(options: Partial<MllpListenerOptions> = {}): Promise<number> {
    const listener = new MllpListener({
      host: '127.0.0.1',
      port: 0,
      handler: async (content) => {
        received.push(Buffer.from(content).toString());
        const header = readMessage(content).message.first('MSH');
        if (answer !== undefined) return Buffer.from(`MSH|^~\\&|C|D|A|B|||ACK|1|P|2.5.1\r${answer}`);
        if (code === undefined) return undefined;
        const location = { segment: 'PID', occurrence: 1, field: 3, repetition: 2, component: 4 };
        const errors = code === 'AR' ? [{ code: '207' as const, location, message: 'Ask Canary.' }] : [];
        return Buffer.from(acknowledge(header, code, { controlId: '1', now: new Date(), errors }));
      },
      ...options,
    });
    listeners.push(listener);
    return listener.listen();
  }

  beforeEach(() => {
    received.length = 0;
    code = 'AA';
    answer = undefined;
  });
  afterEach(async () => {
    for (const listener of listeners.splice(0)) await listener.stop(0);
  });

  it('arrives, and what acknowledges it is answered, whatever it says', async () => {
    const baseUrl = `mllp://127.0.0.1:${await listen()}`;
    const { send } = mllpTo({ baseUrl });
    expect(await send(baseUrl)).toEqual({ code: 'AA' });
    code = 'AR';
    expect(await send(baseUrl)).toEqual({ code: 'AR', error: '207', place: 'PID-3[2].4' });
    expect(received).toEqual([expect.stringContaining('ADT^A01'), expect.stringContaining('ADT^A01')]);
  });

  it.each([
    ['MSH^1^9', 'MSH-9'],
    ['OBX^3', 'OBX[3]'],
    ['PV1', 'PV1'],
    ['Canary^1^5', undefined],
    ['PID^1^Canary', undefined],
    ['PID^1^5^1^19800102', undefined],
    ['', undefined],
  ])('and of an error at %s, only where it is, as %s', async (place, told) => {
    answer = `MSA|AR|m1\rERR||${place}|200^Canary|E||||Canary`;
    const baseUrl = `mllp://127.0.0.1:${await listen()}`;
    expect((await mllpTo({ baseUrl }).send(baseUrl)).place).toBe(told);
  });

  it('has its record before anything leaves, and does not leave without one', async () => {
    const baseUrl = `mllp://127.0.0.1:${await listen()}`;
    const concerns = { type: 'Communication', id: 'c1', count: 1, patients: ['p1'] };
    const { send, recorded } = mllpTo({ baseUrl });
    await send(baseUrl, { concerns });
    expect(recorded).toEqual([{ ...concerns, action: 'R', detail: 'to adt by telling' }]);
    const unrecorded = mllpTo({ baseUrl }, { record: () => Promise.reject(new Error('disk full')) });
    await expect(unrecorded.send(baseUrl, { concerns })).rejects.toThrow('disk full');
    expect(received).toHaveLength(1);
  });

  it('goes nowhere but to the partner, through a declared exit', async () => {
    const [here, there] = [await listen(), await listen()];
    const { send, outbound } = mllpTo({ baseUrl: `mllp://127.0.0.1:${here}` });
    for (const url of [
      `mllp://127.0.0.1:${there}`,
      `mllps://127.0.0.1:${here}`,
      `mllp://localhost:${here}`,
      `mllp://127.1:${here}`,
      `mllp://a@127.0.0.1:${here}`,
      `http://127.0.0.1:${here}/`,
    ])
      await expect(send(url)).rejects.toMatchObject({ kind: 'forbidden' });
    const other = exit('patients', { ...telling, name: 'other' });
    const message = { partner: 'adt', url: '', content: Buffer.from(''), controlId: '', concerns: 'nobody' };
    await expect(outbound.send({} as never, other, message as never)).rejects.toThrow(/not an exit/);
    expect(received).toEqual([]);
  });

  it('goes nowhere when the name of the partner leads to an address that was not declared', async () => {
    const port = await listen();
    const baseUrl = `mllp://adt.example:${port}`;
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const { send } = mllpTo({ baseUrl, allowPlain: true, timeoutMs: 200 }, { resolve });
    await expect(send(baseUrl)).rejects.toThrow(/leads to a loopback address; it was not called/);
    expect(received).toEqual([]);
    const declared = mllpTo({ baseUrl, network: 'loopback' }, { resolve });
    expect(await declared.send(baseUrl)).toMatchObject({ code: 'AA' });
  });

  it('says of a failure what to look at, and nothing of the message', async () => {
    const port = await listen();
    const baseUrl = `mllp://127.0.0.1:${port}`;
    code = undefined;
    const { send } = mllpTo({ baseUrl, timeoutMs: 300 });
    const silent = await send(baseUrl).catch((error: Error) => error);
    await listeners[0]!.stop(0);
    const gone = await send(baseUrl).catch((error: Error) => error);
    expect(silent).toMatchObject({ kind: 'unavailable', message: /^Partner adt: No acknowledgement/ });
    expect(gone).toMatchObject({ message: /^Partner adt was not reached \(ECONNREFUSED\)/ });
    expect(JSON.stringify([silent, gone])).not.toContain('Canary');
  });

  it('can be called off', async () => {
    code = undefined;
    const baseUrl = `mllp://127.0.0.1:${await listen()}`;
    const off = new AbortController();
    const sending = mllpTo({ baseUrl }).send(baseUrl, { signal: off.signal });
    setTimeout(() => off.abort(new Error('no longer wanted')), 50);
    await expect(sending).rejects.toThrow('no longer wanted');
  });

  it('goes over TLS to whom the declared authority vouches for, with the declared certificate', async () => {
    const certificate = readFileSync(file('server.pem'));
    const key = readFileSync(file('server.key'));
    const clientAuthorities = readFileSync(file('client.pem'));
    const port = await listen({ tls: { certificate, key, clientAuthorities } });
    const baseUrl = `mllps://127.0.0.1:${port}`;
    const own = { certFile: file('client.pem'), keyFile: file('client.key') };
    expect(await mllpTo({ baseUrl, caFile: file('server.pem'), ...own }).send(baseUrl)).toMatchObject({
      code: 'AA',
    });
    const untrusted = mllpTo({ baseUrl, caFile: file('client.pem'), timeoutMs: 300 });
    await expect(untrusted.send(baseUrl)).rejects.toThrow(/was not reached \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
    expect(received).toHaveLength(1);
  });
});
