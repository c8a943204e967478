import { describe, expect, it } from '@jest/globals';
import { planned, previous, toBack } from './rollback.ts';

const change = (at: string, version?: string, state = 'settled') => ({
  at,
  name: 'north',
  state,
  ...(version === undefined ? {} : { version }),
});
const now = Date.parse('2026-06-01T00:00:00Z');

describe('what was in force before', () => {
  it('is the pack of the change before the last that came', () => {
    const changes = [
      change('2026-01-01T00:00:00Z', '1'),
      change('2026-02-01T00:00:00Z', '2', 'void'),
      change('2026-03-01T00:00:00Z', '3'),
      change('2026-07-01T00:00:00Z', '4'),
    ];
    expect(previous(changes, now)).toEqual({ name: 'north', version: '1' });
  });

  it('is none before the first', () => {
    expect(previous([change('2026-01-01T00:00:00Z', '1')], now)).toEqual({ name: 'north' });
    expect(previous([change('2026-01-01T00:00:00Z'), change('2026-02-01T00:00:00Z', '2')], now)).toEqual({
      name: 'north',
    });
  });

  it('is not asked for while no pack is in force', () => {
    expect(() => previous([], now)).toThrow('No pack is in force');
    expect(() => previous([change('2026-01-01T00:00:00Z')], now)).toThrow('No pack is in force');
  });

  it('is not what was called off before it came, nor the same again', () => {
    const [first, second] = [change('2026-01-01T00:00:00Z', '1'), change('2026-02-01T00:00:00Z', '2')];
    const calledOff = [change('2026-03-01T00:00:00Z', '3'), change('2026-03-01T00:00:00Z', '2')];
    expect(previous([first, second, ...calledOff], now)).toEqual({ name: 'north', version: '1' });
  });
});

describe('a change that is planned', () => {
  const [current, next] = [change('2026-01-01T00:00:00Z', '1'), change('2027-01-01T00:00:00Z', '2')];
  const at = '2027-01-01T00:00:00.000Z';

  it('is called off by what would hold without it, from the same instant on', () => {
    const before = { name: 'north', version: '1' };
    expect(planned([current, next], now)).toEqual([{ what: 'north@2', at, instead: before }]);
    expect(planned([next], now)).toEqual([{ what: 'north@2', at, instead: { name: 'north' } }]);
    expect(planned([current, change(at)], now)).toEqual([{ what: 'north retired', at, instead: before }]);
  });

  it('is none any more once it is called off, void or here', () => {
    expect(planned([current, next, { ...current, at }], now)).toEqual([]);
    expect(planned([next, change(at)], now)).toEqual([]);
    expect(planned([current, { ...next, state: 'void' }], now)).toEqual([]);
    expect(planned([current, next], Date.parse(at))).toEqual([]);
  });

  it('is not guessed at where there are several: which one is said by its instant', () => {
    const later = change('2028-01-01T00:00:00Z', '3');
    expect(() => toBack([current, next, later], undefined, now)).toThrow(
      'north@2 from 2027-01-01T00:00:00.000Z, north@3 from 2028-01-01T00:00:00.000Z',
    );
    expect(toBack([current, next, later], '2028-01-01T00:00:00Z', now)).toMatchObject({
      calledOff: 'north@3',
      version: '2',
      at: '2028-01-01T00:00:00.000Z',
    });
  });

  it('is left where an instant is named for which none is planned', () => {
    expect(toBack([current, next], '2026-09-01T00:00:00Z', now)).toEqual({
      name: 'north',
      at: '2026-09-01T00:00:00Z',
    });
  });

  it('can be too near to be called off', () => {
    expect(() => toBack([current, next], undefined, Date.parse(at) - 4_000)).toThrow(
      'too soon to be called off',
    );
  });
});
