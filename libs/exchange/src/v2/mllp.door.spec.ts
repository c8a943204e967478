import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MllpListenerSettings, type Settings } from '#platform/runtime';
import { MllpDoor } from './mllp.door.ts';

describe('the ports of HL7 v2', () => {
  // Nothing is sent to them here: what is taken is not asked for.
  const door = new MllpDoor(undefined as never);
  afterEach(() => door.close());

  const settings = (listener: Partial<MllpListenerSettings>, mllpPort = 0) =>
    ({
      mllpPort,
      mllpListeners: [Object.assign(new MllpListenerSettings(), { name: 'lab', port: 0, ...listener })],
    }) as unknown as Settings;

  it('are the usual one and those that are listed', async () => {
    expect(await door.open(settings({ characterSet: '8859/1' }))).toEqual([
      { name: 'mllp', port: expect.any(Number) },
      { name: 'lab', port: expect.any(Number) },
    ]);
  });

  it('are not opened with a character set that nobody knows', async () => {
    await expect(door.open(settings({ characterSet: '8859/1x' }))).rejects.toThrow(
      /does not start.*listener lab has the character set 8859\/1x.*table 0211/,
    );
  });

  it('are not in the clear beyond this machine unless that is meant', async () => {
    await expect(door.open(settings({ host: '0.0.0.0' }))).rejects.toThrow(/would be in the clear/);
    expect(await door.open(settings({ host: '0.0.0.0', allowPlain: true }))).toHaveLength(2);
  });

  it('take messages that end and are as large as their senders write them', async () => {
    const answered = async (port: number, bytes: string) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.write(bytes);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return answer.toString();
    };
    const intake = { take: () => Promise.resolve([Buffer.from('kept')]) };
    const lenient = new MllpDoor(intake as never);
    const [, lab] = await lenient.open(settings({ lenientEnd: true, maxMessageBytes: 1_024 }));
    expect(await answered(lab!.port, '\x0bMSH|^~\\&|\x1c')).toContain('kept');
    expect(await answered(lab!.port, `\x0bMSH|^~\\&|${'x'.repeat(2_000)}`)).toContain('ERR||');
    await lenient.close();
  });

  it('say which one is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(door.open(settings({}, port))).rejects.toThrow(`port ${port} of the listener mllp is taken`);
    other.close();
  });
});
