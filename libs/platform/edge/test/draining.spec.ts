import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#platform/testing';
import { openEdgeHouse, type EdgeHouse } from './edge-house.ts';

describe('an edge on its way out', () => {
  let house: EdgeHouse;
  let socket: Socket;
  let text = '';

  beforeEach(async () => {
    house = await openEdgeHouse();
    text = '';
    socket = connect(house.port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  });
  afterEach(async () => {
    socket.destroy();
    await house.close();
  });

  /** Resolves with the heads of all answers so far, once there is another one or the connection has ended. */
  async function ask(): Promise<string[]> {
    const heads = () => text.match(/HTTP\/1\.1 \d{3}[^]*?\r\n\r\n/g) ?? [];
    const before = heads().length;
    socket.write('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n');
    await eventually(async () => expect(socket.closed || heads().length > before).toBe(true));
    return heads();
  }

  it('still answers on a connection that was idle, and asks the client to go elsewhere', async () => {
    const [first] = await ask();
    expect(first).not.toMatch(/connection: close/i);
    house.edge.beginDraining();
    // As long as a request takes that was sent just before.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const answers = await ask();
    expect(answers).toHaveLength(2);
    expect(answers[1]).toMatch(/connection: close/i);
  });
});
