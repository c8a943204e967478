import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallerSigner, generateSigningKey } from '#platform/access';
import type { Fault } from '#platform/fhir';
import { startNats, type NatsServer } from '#platform/testing';
import { faultOf, openHouse, until } from './binding-house.ts';
import { wardContracts } from './ward.ts';
import { edgeKey, nurse } from './ward-house.ts';

/** What both bindings do when there is too much, or when the context goes away. */

let nats: NatsServer;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(async () => {
  await nats.stop();
});

describe.each(['local', 'nats'] as const)('a context under load on the %s binding', (binding) => {
  it('serves as many as it may, lets a few wait, and refuses the rest at once', async () => {
    const house = await openHouse(binding, { natsUrl: nats.url, limits: { concurrency: 3, queue: 2 } });
    try {
      const outcomes: string[] = [];
      const calls = Array.from({ length: 8 }, () =>
        house.messenger.call(nurse, wardContracts.misbehave, { how: 'wait', ms: 1_000 }).then(
          () => outcomes.push('answered'),
          (fault: Fault) => outcomes.push(`${fault.kind}, retry in ${fault.retryAfterSeconds}`),
        ),
      );
      await Promise.all(calls);
      const refused = Array<string>(3).fill('unavailable, retry in 1');
      expect(outcomes).toEqual([...refused, ...Array<string>(5).fill('answered')]);
      expect(house.ward.book.mostRunning).toBe(3);
    } finally {
      await house.close();
    }
  });

  it('does not serve a call whose time ran out while it waited', async () => {
    const house = await openHouse(binding, { natsUrl: nats.url, limits: { concurrency: 1, queue: 5 } });
    try {
      const first = house.messenger.call(nurse, wardContracts.misbehave, { how: 'wait', ms: 300 });
      const second = house.messenger.call(
        nurse,
        wardContracts.admit,
        { bed: '1' },
        { deadline: Date.now() + 100 },
      );
      expect((await faultOf(second)).kind).toBe('timeout');
      await first;
      await house.messenger.call(nurse, wardContracts.admit, { bed: '2' });
      expect(house.ward.book.admitted).toBe(1);
    } finally {
      await house.close();
    }
  });

  it('loses nothing when it closes: what was taken is answered, what is not taken has no effect', async () => {
    const house = await openHouse(binding, { natsUrl: nats.url });
    const load = { going: true };
    const outcomes: string[] = [];
    const worker = async (): Promise<void> => {
      while (load.going) {
        await house.messenger
          .call(nurse, wardContracts.admit, { bed: '1' }, { deadline: Date.now() + 5_000 })
          .then(
            () => outcomes.push('answered'),
            (fault: Fault) => outcomes.push(fault.kind),
          );
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    const workers = Array.from({ length: 16 }, worker);
    try {
      await until(() => outcomes.length > 100);
      // Long enough for a slow machine to close the context meanwhile.
      const slow = house.messenger.call(nurse, wardContracts.misbehave, { how: 'wait', ms: 2_000 });
      await until(() => house.ward.book.running === 1);
      await house.ward.app.close();
      await until(() => outcomes.includes('unavailable'));
      load.going = false;
      await Promise.all(workers);
      expect((await slow).result).toEqual({ waited: 2_000 });
      expect(new Set(outcomes)).toEqual(new Set(['answered', 'unavailable']));
      expect(outcomes.filter((outcome) => outcome === 'answered')).toHaveLength(house.ward.book.admitted);
    } finally {
      load.going = false;
      await house.close();
    }
  });

  it('gives up, when it closes, what does not finish in time', async () => {
    const house = await openHouse(binding, { natsUrl: nats.url, drainMs: 100 });
    try {
      const call = house.messenger.call(nurse, wardContracts.misbehave, { how: 'wait', ms: 5_000 });
      await until(() => house.ward.book.running === 1);
      const [fault] = await Promise.all([faultOf(call), house.ward.app.close()]);
      expect(fault).toMatchObject({ kind: 'unavailable', retryAfterSeconds: 2 });
    } finally {
      await house.close();
    }
  });

  it('tells how every call ended', async () => {
    const house = await openHouse(binding, { natsUrl: nats.url, limits: { concurrency: 1, queue: 0 } });
    const outcome = () => house.ward.served.at(-1)?.outcome;
    try {
      await house.messenger.call(nurse, wardContracts.admit, { bed: '1' });
      expect(outcome()).toBe('ok');
      await faultOf(house.messenger.call(nurse, wardContracts.misbehave, { how: 'fault', kind: 'gone' }));
      expect(outcome()).toBe('gone');
      const slow = house.messenger.call(
        nurse,
        wardContracts.misbehave,
        { how: 'wait', ms: 3_000 },
        { deadline: Date.now() + 1_500 },
      );
      await faultOf(Promise.all([slow, house.messenger.call(nurse, wardContracts.admit, { bed: '1' })]));
      expect(outcome()).toBe('unavailable');
      await faultOf(slow);
      await until(() => outcome() === 'timeout');
      expect(house.ward.served.at(-1)?.elapsedMs).toBeGreaterThan(20);
    } finally {
      await house.close();
    }
  });
});

describe('a signed caller', () => {
  it.each([
    ['signed with an unknown key', new CallerSigner([generateSigningKey('edge', 'caller')])],
    ['signed 5 minutes ago', new CallerSigner([edgeKey], { clock: () => Date.now() - 300_000 })],
  ])('is refused when %s', async (_what, signer) => {
    const house = await openHouse('nats', { natsUrl: nats.url }, signer);
    try {
      const fault = await faultOf(house.messenger.call(nurse, wardContracts.admit, { bed: '1' }));
      expect(fault.kind).toBe('unauthenticated');
      expect(house.ward.book.admitted).toBe(0);
    } finally {
      await house.close();
    }
  });
});
