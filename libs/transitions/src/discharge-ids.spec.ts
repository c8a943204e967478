import { expect, it } from '@jest/globals';
import { derivedId } from '#platform/fhir';
import { dischargeIds } from './discharge-ids.ts';

const ownId = (...from: readonly string[]) => `own-${derivedId(...from)}`;

it('gives a discharge the same ids every time, and another discharge or encounter others', () => {
  const ids = dischargeIds(ownId, 'e1', '7');
  expect(dischargeIds(ownId, 'e1', '7')).toEqual(ids);
  const all = [
    ...Object.values(ids),
    ...Object.values(dischargeIds(ownId, 'e2', '7')),
    ...Object.values(dischargeIds(ownId, 'e1', '8')),
  ];
  expect(new Set(all).size).toBe(12);
});

it('makes ids of our own for what is stored, and a UUID for what the document is known by elsewhere', () => {
  const { document, ...stored } = dischargeIds(ownId, 'e1', '7');
  for (const id of Object.values(stored)) expect(id).toMatch(/^own-/);
  expect(document).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
