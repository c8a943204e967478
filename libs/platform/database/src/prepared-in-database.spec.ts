import { describe, expect, it } from '@jest/globals';
import { PreparedInDatabase } from './prepared-transactions.ts';

describe('what is prepared in a database', () => {
  it('is asked once for all that ask at the same moment, and anew afterwards', async () => {
    const prepared = new PreparedInDatabase();
    let asked = 0;
    const look = async () => {
      asked += 1;
      return [{ gid: `clinical:t${asked}`, ageMs: 0 }];
    };
    const [one, other] = await Promise.all([prepared.ask(look), prepared.ask(look)]);
    expect(one).toEqual([{ gid: 'clinical:t1', ageMs: 0 }]);
    expect(other).toBe(one);
    expect(await prepared.ask(look)).toEqual([{ gid: 'clinical:t2', ageMs: 0 }]);
  });

  it('is asked anew after a failure', async () => {
    const prepared = new PreparedInDatabase();
    await expect(prepared.ask(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await prepared.ask(async () => [])).toEqual([]);
  });
});
