import { describe, expect, it } from '@jest/globals';
import { shareOf } from './disk.ts';

describe('disk per resource', () => {
  it('is that of all databases together', () => {
    const home = { resources: 90, bytes: 200_000, textBytes: 90_000 };
    const other = { resources: 10, bytes: 50_000, textBytes: 20_000 };
    expect(shareOf([home, other])).toEqual({ resources: 100, bytesEach: 2_500, textBytesEach: 1_100 });
  });

  it('is nothing where nothing is stored', () => {
    expect(shareOf([{ resources: 0, bytes: 1_000, textBytes: 0 }])).toMatchObject({ bytesEach: 0 });
  });
});
