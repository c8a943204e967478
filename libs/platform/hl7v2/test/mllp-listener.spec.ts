import { afterEach, describe, expect, it } from '@jest/globals';
import { frame, MllpListener, type MllpConnection } from '#platform/hl7v2';
import { closeAll, listen, RawSender, until } from './mllp-world.ts';

afterEach(closeAll);

const echo = (content: Uint8Array) => Promise.resolve(Buffer.from(`re ${Buffer.from(content).toString()}`));

/** A handler whose frames end when the test says so. */
function byHand() {
  const begun: string[] = [];
  const ends = new Map<string, (answer?: Error) => void>();
  let most = 0;
  let now = 0;
  const handler = (content: Uint8Array) =>
    new Promise<Uint8Array>((resolve, reject) => {
      const text = Buffer.from(content).toString();
      begun.push(text);
      most = Math.max(most, ++now);
      ends.set(text, (error) => {
        now--;
        if (error) reject(error);
        else resolve(Buffer.from(`re ${text}`));
      });
    });
  return { handler, begun, end: (text: string, error?: Error) => ends.get(text)?.(error), most: () => most };
}

describe('a listener', () => {
  it('answers every frame once, however many come in a write', async () => {
    const { port } = await listen({ handler: echo });
    const sender = await RawSender.open(port);
    const texts = Array.from({ length: 3000 }, (_, number) => `m${number}`);
    sender.send(...texts);
    await until(() => sender.answers.length === 3000);
    expect(sender.answers).toEqual(texts.map((text) => `re ${text}`));
  });

  it('answers in the order of the frames, whichever is done first, and handles no more at a time than the window', async () => {
    const hand = byHand();
    const { port } = await listen({ handler: hand.handler, window: 3 });
    const sender = await RawSender.open(port);
    sender.send('a', 'b', 'c', 'd', 'e');
    await until(() => hand.begun.length === 3);
    hand.end('c');
    hand.end('b');
    expect(hand.begun).toEqual(['a', 'b', 'c']);
    expect(sender.answers).toEqual([]);
    hand.end('a');
    await until(() => hand.begun.length === 5);
    hand.end('e');
    hand.end('d');
    await until(() => sender.answers.length === 5);
    expect(sender.answers).toEqual(['re a', 're b', 're c', 're d', 're e']);
    expect(hand.most()).toBe(3);
  });

  it('sends nothing where the handler has no answer', async () => {
    const { port } = await listen({
      handler: (content) => (content[0] === 0x61 ? Promise.resolve(undefined) : echo(content)),
    });
    const sender = await RawSender.open(port);
    sender.send('a', 'b');
    await until(() => sender.answers.length === 1);
    expect(sender.answers).toEqual(['re b']);
  });

  it('sends what answers no frame, after the answers that are due before it', async () => {
    const hand = byHand();
    const sent: Promise<void>[] = [];
    const handler = (content: Uint8Array, connection: MllpConnection) => {
      if (Buffer.from(content).toString() === 'b') sent.push(connection.send(Buffer.from('later')));
      return hand.handler(content);
    };
    const { port } = await listen({ handler });
    const sender = await RawSender.open(port);
    sender.send('a', 'b');
    await until(() => hand.begun.length === 2);
    hand.end('b');
    hand.end('a');
    await Promise.all(sent);
    await until(() => sender.answers.length === 3);
    expect(sender.answers).toEqual(['re a', 're b', 'later']);
  });

  it('says when it cannot send, since the connection is closed', async () => {
    const connections: MllpConnection[] = [];
    const { port, kinds } = await listen({
      handler: (content, connection) => {
        connections.push(connection);
        return echo(content);
      },
    });
    const sender = await RawSender.open(port);
    sender.send('a');
    await until(() => sender.answers.length === 1);
    sender.socket.destroy();
    await until(() => kinds().includes('closed'));
    await expect(connections[0]?.send(Buffer.from('later'))).rejects.toThrow('connection is closed');
  });

  it('stops reading while the window is full', async () => {
    const hand = byHand();
    const { port } = await listen({ handler: hand.handler, window: 1 });
    const sender = await RawSender.open(port);
    sender.send('first');
    await until(() => hand.begun.length === 1);
    const large = frame(Buffer.alloc(1_000_000, 'x'));
    for (let sent = 0; sent < 20; sent++) sender.socket.write(large);
    // What the operating system takes on the way is a few megabytes; the rest stays with the sender.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sender.socket.writableLength).toBeGreaterThan(1_000_000);
    expect(hand.begun).toHaveLength(1);
    hand.end('first');
    await until(() => hand.begun.length === 2);
    expect(hand.begun[1]).toHaveLength(1_000_000);
  });

  it('stops reading while the handler says that it is behind', async () => {
    const releases: (() => void)[] = [];
    const handled: string[] = [];
    const handler = (content: Uint8Array, connection: MllpConnection) => {
      handled.push(Buffer.from(content).toString());
      if (handled.length === 1) releases.push(connection.hold(), connection.hold());
      return echo(content);
    };
    const { port, kinds } = await listen({ handler, idleTimeoutMs: 500 });
    const sender = await RawSender.open(port);
    sender.send('a', 'b');
    await until(() => sender.answers.length === 1);
    sender.send('c');
    await new Promise((resolve) => setTimeout(resolve, 1200));
    releases[0]?.();
    releases[0]?.();
    expect(handled).toEqual(['a']);
    expect(kinds()).toEqual(['opened']);
    releases[1]?.();
    await until(() => sender.answers.length === 3);
    expect(handled).toEqual(['a', 'b', 'c']);
  });

  it('closes without an answer when the handler fails, after the answers before it', async () => {
    const hand = byHand();
    const { port, events } = await listen({ handler: hand.handler });
    const sender = await RawSender.open(port);
    sender.send('a', 'b', 'c');
    await until(() => hand.begun.length === 3);
    const error = new Error('The disk is full.');
    hand.end('c');
    hand.end('b', error);
    hand.end('a');
    await until(() => sender.isClosed);
    expect(sender.answers).toEqual(['re a']);
    expect(events.find(({ kind }) => kind === 'handler-failed')?.error).toBe(error);
  });

  it('answers a frame that is too large, after those before it, and closes', async () => {
    const { port, kinds } = await listen({
      handler: echo,
      maxFrameBytes: 100,
      refuse: (start) => Promise.resolve(Buffer.from(`too large: ${start.length}`)),
    });
    const sender = await RawSender.open(port);
    sender.send('a', 'x'.repeat(1_000_000), 'b');
    await until(() => sender.answers.length === 2);
    expect(sender.answers).toEqual(['re a', 'too large: 100']);
    await until(() => sender.isClosed && kinds().includes('closed'));
    expect(kinds()).toEqual(['opened', 'frame-too-large', 'closed']);
  });

  it('counts what is between frames, and frames that were given up', async () => {
    const { port, events } = await listen({ handler: echo });
    const sender = await RawSender.open(port);
    sender.socket.write('noise\u000bMSH|a\u000bMSH|b\u001c\r');
    await until(() => sender.answers.length === 1);
    expect(sender.answers).toEqual(['re MSH|b']);
    expect(events.map(({ kind, count }) => [kind, count])).toEqual([
      ['opened', undefined],
      ['bytes-ignored', 5],
      ['frame-abandoned', 1],
    ]);
  });

  it('answers what was sent before the sender ended its side', async () => {
    const { port } = await listen({ handler: echo, window: 1 });
    const sender = await RawSender.open(port);
    sender.send('a', 'b', 'c');
    sender.socket.end();
    await until(() => sender.isClosed);
    expect(sender.answers).toEqual(['re a', 're b', 're c']);
  });

  it('closes a connection that says nothing, not one whose frame is being handled', async () => {
    const hand = byHand();
    const { port, kinds } = await listen({ handler: hand.handler, idleTimeoutMs: 500 });
    const [busy, idle] = [await RawSender.open(port), await RawSender.open(port)];
    busy.send('a');
    await until(() => idle.isClosed);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(busy.isClosed).toBe(false);
    hand.end('a');
    await until(() => busy.answers.length === 1);
    await until(() => kinds().filter((kind) => kind === 'idle').length === 2);
  });

  it('takes no more connections than it may', async () => {
    const { port, listener, kinds } = await listen({ handler: echo, maxConnections: 2 });
    const taken = [await RawSender.open(port), await RawSender.open(port)];
    await until(() => listener.connections === 2);
    const third = await RawSender.open(port);
    await until(() => third.isClosed);
    expect(kinds()).toContain('connection-refused');
    taken[0]?.send('a');
    await until(() => taken[0]?.answers.length === 1);
  });

  it('stops when what was begun is answered, and begins nothing more', async () => {
    const hand = byHand();
    const { port, listener } = await listen({ handler: hand.handler, window: 2 });
    const [sender, quiet] = [await RawSender.open(port), await RawSender.open(port)];
    sender.send('a', 'b', 'c');
    await until(() => hand.begun.length === 2);
    let isStopped = false;
    const stopping = listener.stop(20_000).then(() => (isStopped = true));
    await until(() => quiet.isClosed);
    sender.send('d');
    hand.end('b');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isStopped).toBe(false);
    hand.end('a');
    await stopping;
    await until(() => sender.isClosed);
    expect(sender.answers).toEqual(['re a', 're b']);
    expect(hand.begun).toEqual(['a', 'b']);
    await expect(RawSender.open(port)).rejects.toThrow('ECONNREFUSED');
  });

  it('does not wait longer than it is told to', async () => {
    const hand = byHand();
    const { port, listener } = await listen({ handler: hand.handler });
    const sender = await RawSender.open(port);
    sender.send('a');
    await until(() => hand.begun.length === 1);
    await listener.stop(50);
    await until(() => sender.isClosed);
    expect(sender.answers).toEqual([]);
  });

  it('is in the clear only on the loopback interface, or when that is meant', () => {
    const options = { port: 0, handler: echo };
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.example.org'])
      expect(() => new MllpListener({ ...options, host })).toThrow('Give it a certificate');
    for (const host of ['127.0.0.1', '::1', 'localhost'])
      expect(() => new MllpListener({ ...options, host })).not.toThrow();
    expect(() => new MllpListener({ ...options, host: '0.0.0.0', allowPlain: true })).not.toThrow();
  });

  it('says when its port is taken', async () => {
    const { port } = await listen({ handler: echo });
    await expect(new MllpListener({ host: '127.0.0.1', port, handler: echo }).listen()).rejects.toThrow(
      'EADDRINUSE',
    );
  });
});
