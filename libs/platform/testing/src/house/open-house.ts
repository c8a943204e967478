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

/** Starts Septum in the topology under test, on a fresh database. The test stops it. */
export function openHouse(options: HouseOptions = {}): Promise<House> {
  return House.open(houseParts, options);
}
