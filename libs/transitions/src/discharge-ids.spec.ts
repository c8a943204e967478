import { expect, it } from '@jest/globals';
import { dischargeIds } from './discharge-ids.ts';

it('gives an encounter the same ids every time, and another encounter others', () => {
  const ids = dischargeIds('e1');
  expect(dischargeIds('e1')).toEqual(ids);
  const all = [...Object.values(ids), ...Object.values(dischargeIds('e2'))];
  expect(new Set(all).size).toBe(8);
  for (const id of all)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
