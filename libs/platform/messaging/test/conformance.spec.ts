import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Messenger } from '#platform/messaging';
import { startNats, type NatsServer } from '#platform/testing';
import { wardContracts } from './ward.ts';
import { Neighbour, nurse, Ward } from './ward-house.ts';

let nats: NatsServer;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(async () => {
  await nats.stop();
});

describe.each(['local', 'nats'] as const)('a call on the %s binding', (binding) => {
  let ward: Ward;
  let neighbour: Neighbour | undefined;
  let messenger: Messenger;

  beforeAll(async () => {
    ward = await Ward.open({ natsUrl: nats.url });
    neighbour = binding === 'nats' ? await Neighbour.open(nats.url) : undefined;
    messenger = neighbour?.messenger ?? new Messenger({ switchboard: ward.switchboard });
  });
  afterAll(async () => {
    await neighbour?.close();
    await ward.close();
  });

  it('brings the request to its handler and the reply back', async () => {
    const { result } = await messenger.call(nurse, wardContracts.admit, { bed: '4a', priority: 2 });
    expect(result).toMatchObject({ bed: '4a', priority: 2, subject: 'Practitioner/nurse' });
  });
});
