import { House, type HouseOptions } from './house.ts';

/** All parts of Septum. The catalogue lies in the app, which no library may import; a spec of the app compares the two. */
export const houseParts: readonly string[] = [
  'edge',
  'patients',
  'directory',
  'encounters',
  'clinical',
  'medications',
  'transitions',
  'coverage',
  'quality',
  'privacy',
  'exchange',
  'terminology',
  'access',
];

export interface SharedHouse {
  close(): Promise<void>;
}

let shared: House | undefined;

/**
 * Starts Septum in the topology under test, on a fresh database; or gives the shared house to a spec that asks for
 * nothing special. The test stops it.
 */
export async function openHouse(options?: HouseOptions): Promise<House> {
  return options === undefined && shared !== undefined ? shared : House.open(houseParts, options);
}

/** From now on until it is closed, all who open a house without options get this one, whole again after each `stop`. */
export async function openSharedHouse(): Promise<SharedHouse> {
  const house = await House.open(houseParts, { staysOpen: true });
  shared = house;
  return {
    async close() {
      shared = undefined;
      await house.close();
    },
  };
}
