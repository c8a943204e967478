import { afterAll, beforeAll } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { openSharedHouse, type SharedHouse } from '#platform/testing';

/**
 * All behaviours that ask for nothing special, in one house: to start twelve processes takes longer than what most of
 * them have to show. So each names its resources as nobody else does. Alone, each opens a house for itself.
 */
let house: SharedHouse;
beforeAll(async () => {
  house = await openSharedHouse();
});
afterAll(() => house?.close());

const alone = 'together.spec.ts';
for (const name of readdirSync(import.meta.dirname).toSorted()) {
  if (name.endsWith('.spec.ts') && name !== alone) await import(`./${name}`);
}
