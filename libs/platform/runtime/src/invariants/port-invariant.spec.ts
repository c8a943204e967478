import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { assertDeclaredPorts, listeningPorts } from './port-invariant.ts';

describe('the ports of the process', () => {
  let server: Server;
  let port: number;
  let before: readonly number[];

  beforeEach(async () => {
    before = listeningPorts();
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('are accepted when they are declared', () => {
    expect(() => assertDeclaredPorts([...before, port])).not.toThrow();
  });

  it('stop the start when one is not', () => {
    expect(() => assertDeclaredPorts(before)).toThrow(
      `something listens on port ${port}, which no setting declares`,
    );
  });
});
