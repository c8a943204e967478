import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  acknowledge,
  frame,
  MllpClient,
  MllpError,
  readMessage,
  type MllpClientOptions,
} from '#platform/hl7v2';
import { closeAll, closeLater, listen, until } from './mllp-world.ts';

afterEach(closeAll);

const message = (id: string) => Buffer.from(`MSH|^~\\&|A|B|C|D|||ADT^A01|${id}|P|2.5.1\r`);
const now = new Date('2026-01-01T00:00:00Z');

/** A receiver that accepts everything, and notes what. */
function accepting(code: 'AA' | 'AE' = 'AA') {
  const received: string[] = [];
  const handler = (content: Uint8Array) => {
    const header = readMessage(content).message.first('MSH');
    received.push(header?.value(10) ?? '');
    return Promise.resolve(Buffer.from(acknowledge(header, code, { controlId: 'ACK', now })));
  };
  return { handler, received };
}

function clientOf(port: number, options: Partial<MllpClientOptions> = {}): MllpClient {
  const client = new MllpClient({
    host: '127.0.0.1',
    port,
    backOff: { firstMs: 10, mostMs: 40 },
    ...options,
  });
  closeLater(() => client.close());
  return client;
}

const ack = (id: string) => frame(Buffer.from(`MSH|^~\\&|||||||ACK|1|P|2.5.1\rMSA|AA|${id}\r`));

/** A receiver that does what the test says on each piece of a connection. */
async function receiver(take: (piece: Buffer, socket: Socket, connection: number) => void) {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    const connection = sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => take(piece, socket, connection));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeLater(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return { sockets, port: typeof address === 'object' && address ? address.port : 0 };
}

async function failure(sending: Promise<unknown>): Promise<unknown> {
  return sending.then(
    () => {
      throw new Error('It was acknowledged.');
    },
    (error: unknown) => error,
  );
}

describe('a client', () => {
  it('resolves with the acknowledgement, whatever it says', async () => {
    for (const code of ['AA', 'AE'] as const) {
      const { handler, received } = accepting(code);
      const { port } = await listen({ handler });
      const acknowledgement = await clientOf(port).send(message('m1'), 'm1');
      expect(acknowledgement.code).toBe(code);
      expect(acknowledgement.message.at('MSA-2')).toBe('m1');
      expect(received).toEqual(['m1']);
    }
  });

  it('has one message under way, in the order they were given, over one connection', async () => {
    const { port, sockets } = await receiver((piece, socket) => {
      expect(piece.filter((byte) => byte === 0x0b)).toHaveLength(1);
      setTimeout(() => socket.write(ack(piece.toString().split('|')[9] ?? '')), 2);
    });
    const client = clientOf(port);
    const ids = Array.from({ length: 20 }, (_, number) => `m${number}`);
    const done: string[] = [];
    await Promise.all(ids.map((id) => client.send(message(id), id).then(() => done.push(id))));
    expect(done).toEqual(ids);
    expect(sockets).toHaveLength(1);
  });

  it('has a window of them under way, and matches acknowledgements that come in another order', async () => {
    const held: string[] = [];
    const { port } = await receiver((piece, socket) => {
      held.push(
        ...piece
          .toString()
          .split('\u000b')
          .slice(1)
          .map((text) => text.split('|')[9] ?? ''),
      );
      if (held.length === 3) for (const id of held.splice(0).toReversed()) socket.write(ack(id));
    });
    const client = clientOf(port, { window: 3 });
    const done: string[] = [];
    await Promise.all(['a', 'b', 'c'].map((id) => client.send(message(id), id).then(() => done.push(id))));
    expect(done).toEqual(['c', 'b', 'a']);
  });

  it('takes no acknowledgement of another message for one', async () => {
    const unmatched: string[] = [];
    const { port } = await receiver((_, socket) => {
      socket.write(
        Buffer.concat([ack('other'), frame(Buffer.from('no message')), frame(Buffer.from('MSH|^~\\&|A\r'))]),
      );
    });
    const client = clientOf(port, {
      timeoutMs: 1500,
      unmatched: (content) => unmatched.push(Buffer.from(content).toString()),
    });
    const error = await failure(client.send(message('m1'), 'm1'));
    expect(error).toBeInstanceOf(MllpError);
    expect(error).toMatchObject({ wasSent: true, message: expect.stringContaining('in time') });
    expect(unmatched).toHaveLength(3);
  });

  it('says that the message may have arrived when the connection ends, and opens another for the next', async () => {
    const { port, sockets } = await receiver((piece, socket, connection) => {
      if (connection === 1) socket.destroy();
      else socket.write(ack(piece.toString().split('|')[9] ?? ''));
    });
    const client = clientOf(port);
    const [first, second] = await Promise.allSettled([
      client.send(message('m1'), 'm1'),
      client.send(message('m2'), 'm2'),
    ]);
    expect(first).toMatchObject({ status: 'rejected', reason: { wasSent: true } });
    expect(second).toMatchObject({ status: 'fulfilled', value: { code: 'AA' } });
    expect(sockets).toHaveLength(2);
  });

  it('leaves a receiver that does not answer, and opens another connection', async () => {
    const { port, sockets } = await receiver((piece, socket, connection) => {
      if (connection === 2) socket.write(ack(piece.toString().split('|')[9] ?? ''));
    });
    const client = clientOf(port, { timeoutMs: 100 });
    await failure(client.send(message('m1'), 'm1'));
    await client.send(message('m2'), 'm2');
    expect(sockets).toHaveLength(2);
  });

  it('tries to connect until its time is over, each time later', async () => {
    const { port, listener } = await listen({ handler: accepting().handler });
    await listener.stop(0);
    let tries = 0;
    const client = clientOf(port, {
      timeoutMs: 1000,
      random: () => {
        tries++;
        return 0;
      },
    });
    expect(await failure(client.send(message('m1'), 'm1'))).toMatchObject({ wasSent: false });
    // Pauses of 10, 20, 40, 40, … ms: 27 of them fit, and 100 would if they did not grow.
    expect(tries).toBeGreaterThan(1);
    expect(tries).toBeLessThan(30);
  });

  it('connects when the receiver comes back', async () => {
    const { port, listener } = await listen({ handler: accepting().handler });
    await listener.stop(0);
    const sending = clientOf(port, { timeoutMs: 20_000 }).send(message('m1'), 'm1');
    await new Promise((resolve) => setTimeout(resolve, 60));
    await listen({ port, handler: accepting().handler });
    expect((await sending).code).toBe('AA');
  });

  it('is cancelled before its turn, while it connects, and while it waits', async () => {
    const { port } = await receiver(() => undefined);
    const client = clientOf(port);
    const [waiting, queued] = [new AbortController(), new AbortController()];
    const first = failure(client.send(message('m1'), 'm1', waiting.signal));
    const second = failure(client.send(message('m2'), 'm2', queued.signal));
    const third = failure(client.send(message('m3'), 'm3', AbortSignal.timeout(200)));
    queued.abort(new Error('not any more'));
    expect(await second).toMatchObject({ message: 'not any more' });
    waiting.abort(new Error('enough'));
    expect(await first).toMatchObject({ message: 'enough' });
    expect(await third).toMatchObject({ name: 'TimeoutError' });
    const already = client.send(message('m4'), 'm4', AbortSignal.abort(new Error('never')));
    expect(await failure(already)).toMatchObject({ message: 'never' });
  });

  it('rejects what waits when it is closed', async () => {
    const { port, sockets } = await receiver(() => undefined);
    const client = clientOf(port);
    const sent = ['m1', 'm2'].map((id) => failure(client.send(message(id), id)));
    await until(() => sockets.length === 1);
    client.close();
    for (const error of await Promise.all(sent)) expect(error).toBeInstanceOf(MllpError);
    expect(await failure(client.send(message('m3'), 'm3'))).toBeInstanceOf(MllpError);
  });

  it('refuses a second message with the same control id while the first is under way', async () => {
    const { port } = await receiver(() => undefined);
    const client = clientOf(port, { window: 2, timeoutMs: 200 });
    const first = failure(client.send(message('m1'), 'm1'));
    expect(await failure(client.send(message('m1'), 'm1'))).toMatchObject({ wasSent: false });
    await first;
  });

  it('is in the clear only on the loopback interface, or when that is meant', () => {
    expect(() => new MllpClient({ host: '10.0.0.1', port: 1 })).toThrow('Give it a certificate');
    expect(() => new MllpClient({ host: '10.0.0.1', port: 1, allowPlain: true })).not.toThrow();
    expect(() => new MllpClient({ host: '10.0.0.1', port: 1, tls: {} })).not.toThrow();
  });
});
