import { expect } from '@jest/globals';
import type { CallerSigner } from '#platform/access';
import { Fault } from '#platform/fhir';
import { Messenger } from '#platform/messaging';
import { Neighbour, Ward, type WardOptions } from './ward-house.ts';

/** Both sides of a call, on one binding. */
export interface House {
  readonly ward: Ward;
  readonly messenger: Messenger;
  close(): Promise<void>;
}

/** On either binding the ward also listens on NATS; only the caller's side differs. */
export async function openHouse(
  binding: 'local' | 'nats',
  options: WardOptions & { readonly natsUrl: string },
  signer?: CallerSigner,
): Promise<House> {
  const ward = await Ward.open(options);
  const neighbour =
    binding === 'nats'
      ? await Neighbour.open(options.natsUrl, signer === undefined ? {} : { signer })
      : undefined;
  return {
    ward,
    messenger: neighbour?.messenger ?? new Messenger({ switchboard: ward.switchboard }),
    close: async () => {
      await neighbour?.close();
      await ward.close();
    },
  };
}

export async function faultOf(call: Promise<unknown>): Promise<Fault> {
  const error = await call.then(
    () => new Error('It was answered.'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Fault);
  return error as Fault;
}

export async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !condition() && Date.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(condition()).toBe(true);
}
