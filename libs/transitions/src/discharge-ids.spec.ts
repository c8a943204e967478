import { expect, it } from '@jest/globals';
import { dischargeIds } from './discharge-ids.ts';

it('gives a discharge the same ids every time, and another discharge or encounter others', () => {
  const ids = dischargeIds('e1', '7');
  expect(dischargeIds('e1', '7')).toEqual(ids);
  const all = [
    ...Object.values(ids),
    ...Object.values(dischargeIds('e2', '7')),
    ...Object.values(dischargeIds('e1', '8')),
  ];
  expect(new Set(all).size).toBe(12);
  for (const id of all)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
