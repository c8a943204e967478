import { afterEach, describe, expect, it } from '@jest/globals';
import {
  acknowledge,
  MllpClient,
  readMessage,
  type MllpClientTls,
  type MllpConnection,
} from '#platform/hl7v2';
import { testAuthority } from './certificates.ts';
import { closeAll, closeLater, listen, RawSender, until } from './mllp-world.ts';

afterEach(closeAll);

const hospital = testAuthority('Hospital');
const stranger = testAuthority('Stranger');
const server = hospital.issue('listener');
const message = Buffer.from('MSH|^~\\&|A|B|C|D|||ADT^A01|m1|P|2.5.1\r');

async function world(clientAuthorities?: string) {
  const senders: (string | undefined)[] = [];
  const handler = (content: Uint8Array, connection: MllpConnection) => {
    const name = connection.certificate?.subject.CN;
    senders.push(Array.isArray(name) ? name[0] : name);
    const header = readMessage(content).message.first('MSH');
    return Promise.resolve(Buffer.from(acknowledge(header, 'AA', { controlId: '1', now: new Date() })));
  };
  const listening = await listen({
    handler,
    tls: { ...server, ...(clientAuthorities ? { clientAuthorities } : {}) },
  });
  const send = async (tls: MllpClientTls, timeoutMs = 5000) => {
    const client = new MllpClient({ host: '127.0.0.1', port: listening.port, tls, timeoutMs });
    closeLater(() => client.close());
    return (await client.send(message, 'm1')).code;
  };
  return { ...listening, senders, send };
}

describe('MLLP over TLS', () => {
  it('carries messages to a listener whose certificate is trusted', async () => {
    const { send, senders } = await world();
    expect(await send({ authorities: hospital.certificate })).toBe('AA');
    expect(senders).toEqual([undefined]);
  });

  it('sends nothing to a listener that somebody else vouches for', async () => {
    const { send, senders } = await world();
    await expect(send({ authorities: stranger.certificate }, 2000)).rejects.toMatchObject({ wasSent: false });
    expect(senders).toEqual([]);
  });

  it('knows the sender by its certificate, and takes nothing from one without or with a stranger’s', async () => {
    const { send, senders, kinds } = await world(hospital.certificate);
    const authorities = hospital.certificate;
    expect(await send({ authorities, ...hospital.issue('lab') })).toBe('AA');
    expect(senders).toEqual(['lab']);
    await expect(send({ authorities }, 2000)).rejects.toThrow();
    await expect(send({ authorities, ...stranger.issue('lab') }, 2000)).rejects.toThrow();
    expect(senders).toEqual(['lab']);
    await until(() => kinds().filter((kind) => kind === 'handshake-failed').length >= 2);
  });

  it('takes nothing in the clear', async () => {
    const { port, senders, kinds } = await world();
    const sender = await RawSender.open(port);
    sender.send(message.toString());
    await until(() => kinds().includes('handshake-failed'));
    expect(senders).toEqual([]);
    expect(sender.answers).toEqual([]);
  });

  it('stops while somebody shakes hands', async () => {
    const { port, listener } = await world();
    const sender = await RawSender.open(port);
    await listener.stop(50);
    await until(() => sender.isClosed);
  });
});
