import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '#platform/hl7v2';
import { Mapper } from './mapper.ts';
import type { Mapped } from './mapped.ts';
import { isZone, zoneOf } from './zone.ts';

describe('a zone', () => {
  it.each([
    ['-05:00', '2026-07-01T08:00:00', '-05:00'],
    ['Z', '2026-07-01T08:00:00', 'Z'],
    ['America/New_York', '2026-01-10T08:00:00', '-05:00'],
    ['America/New_York', '2026-07-01T08:00:00', '-04:00'],
    ['Australia/Adelaide', '2026-07-01T08:00:00', '+09:30'],
    ['Europe/London', '2026-01-10T08:00:00', '+00:00'],
  ])('%s has for %s the offset %s', (name, local, offset) => {
    expect(zoneOf(name)(local)).toBe(offset);
  });

  it.each([
    ['before the clocks are set forward', '2026-03-08T01:59:00', '-05:00'],
    ['that does not exist', '2026-03-08T02:30:00', '-05:00'],
    ['after that', '2026-03-08T03:00:00', '-04:00'],
    ['before the clocks are set back', '2026-11-01T00:59:00', '-04:00'],
    ['that comes twice', '2026-11-01T01:30:00', '-04:00'],
    ['after that', '2026-11-01T02:00:00', '-05:00'],
  ])('has for a time %s (%s) the offset %s', (_, local, offset) => {
    const newYork = zoneOf('America/New_York');
    expect([newYork(local), newYork(local)]).toEqual([offset, offset]);
  });

  it.each(['New York', '5', '', '+25:00', 'Mars/Olympus'])('is none of the name "%s"', (name) => {
    expect(isZone(name)).toBe(false);
    expect(() => zoneOf(name)).toThrow('There is no such zone');
  });
});

describe('times without an offset', () => {
  const map = (mapper: Mapper, msh7: string, ...times: string[]): Mapped =>
    mapper.map(
      parseMessage(
        [
          `MSH|^~\\&|EHR|GH|||${msh7}||ADT^A01|M1|P|2.5.1`,
          'PID|1||77^^^GH^MR||Doe^Jane||19800102',
          `PV1|1|I|W1^1^A^GH${'|'.repeat(16)}V1^^^GH${'|'.repeat(25)}${times.join('|')}`,
        ].join('\r'),
      ),
    );
  const periodOf = ({ resources }: Mapped): unknown =>
    resources.find(({ type }) => type === 'Encounter')?.content['period'];
  const [winter, summer] = ['202601100800', '202607010800'];
  const newYork = new Mapper({ zone: 'America/New_York' });
  const warned = ({ issues }: Mapped) => issues.map(({ severity, location }) => [severity, location]);

  it('are of the offset of MSH-7, before that of the pack', () => {
    const mapped = map(newYork, '20260710080000-0600', winter, '202607010800-0100');
    expect(periodOf(mapped)).toEqual({
      start: '2026-01-10T08:00:00-06:00',
      end: '2026-07-01T08:00:00-01:00',
    });
    expect(warned(mapped)).toEqual([]);
  });

  it('are of the pack’s zone, as its clocks stood then, where MSH-7 has none', () => {
    const mapped = map(newYork, '20260710080000', winter, summer);
    expect(periodOf(mapped)).toEqual({
      start: '2026-01-10T08:00:00-05:00',
      end: '2026-07-01T08:00:00-04:00',
    });
    expect(warned(mapped)).toEqual([]);
  });

  it('are UTC where nobody says, which is said once', () => {
    const mapped = map(new Mapper(), '20260710080000', winter, summer);
    expect(periodOf(mapped)).toEqual({ start: '2026-01-10T08:00:00Z', end: '2026-07-01T08:00:00Z' });
    expect(warned(mapped)).toEqual([['warning', 'MSH[1]-7']]);
    expect(warned(map(new Mapper(), '20260710080000', `${winter}-0500`, '20260701'))).toEqual([]);
  });
});
