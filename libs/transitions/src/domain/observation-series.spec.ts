import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fact, type Fact } from './fact.ts';
import { newestOfSeries, ObservationSeries, seriesOf } from './observation-series.ts';

const heartRate = { coding: [{ system: 'http://loinc.org', code: '8867-4' }] };

/** One an hour, in order. */
function observation(hour: number, more: object): Fact {
  const at = new Date(Date.UTC(2026, 0, 1, hour)).toISOString();
  const known = { resourceType: 'Observation', id: `o${hour}`, status: 'final', effectiveDateTime: at };
  return fact(JSON.stringify({ ...known, code: heartRate, ...more }));
}
const rate = (hour: number, value: number, unit = '/min') =>
  observation(hour, { valueQuantity: { value, unit } });
const finding = (hour: number, code: string) =>
  observation(hour, { valueCodeableConcept: { coding: [{ code }] } });

function bounded(observations: readonly Fact[], page = observations.length) {
  const series = new ObservationSeries();
  for (let from = 0; from < observations.length; from += page)
    series.add(observations.slice(from, from + page));
  const kept = series.kept.map(({ id }) => Number(id.slice(1))).toSorted((a, b) => a - b);
  return { kept, leftOut: series.leftOut };
}
const hours = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

describe('a series of observations', () => {
  it('stands in a document whole where it is short', () => {
    const short = hours(0, newestOfSeries).map((hour) => rate(hour, 80));
    expect(bounded(short)).toEqual({ kept: hours(0, newestOfSeries), leftOut: {} });
  });

  it('is bounded to the newest, with the lowest and the highest of the stay', () => {
    const long = hours(0, 200).map((hour) => rate(hour, hour === 17 ? 31.5 : hour === 40 ? 190 : 80));
    const { kept, leftOut } = bounded(long);
    expect(kept).toEqual([17, 40, ...hours(200 - newestOfSeries, 200)]);
    expect(leftOut).toEqual({ [seriesOf(long[0]!)]: 200 - kept.length });
  });

  it('has a lowest and a highest for each unit and each component', () => {
    const pressure = (hour: number, systolic: number, diastolic: number) => {
      const part = (code: string, value: number) => ({
        code: { coding: [{ code }] },
        valueQuantity: { value, unit: 'mmHg' },
      });
      return observation(hour, { component: [part('8480-6', systolic), part('8462-4', diastolic)] });
    };
    const long = hours(0, 100).map((hour) =>
      pressure(hour, hour === 3 ? 210 : hour === 4 ? 70 : 120, hour === 5 ? 130 : hour === 6 ? 30 : 80),
    );
    expect(bounded(long).kept).toEqual([3, 4, 5, 6, ...hours(100 - newestOfSeries, 100)]);
    const units = hours(0, 100).map((hour) => rate(hour, hour < 2 ? 5 + hour : 80, hour < 2 ? 'Hz' : '/min'));
    expect(bounded(units).kept).toEqual(expect.arrayContaining([0, 1]));
  });

  it('has the newest of each finding and of each interpretation', () => {
    const cultures = hours(0, 100).map((hour) => finding(hour, hour < 10 ? 'positive' : 'negative'));
    expect(bounded(cultures).kept).toEqual([9, ...hours(100 - newestOfSeries, 100)]);
    const flagged = hours(0, 100).map((hour) =>
      observation(hour, hour === 8 ? { interpretation: [{ coding: [{ code: 'HH' }] }] } : {}),
    );
    expect(bounded(flagged).kept).toEqual([8, ...hours(100 - newestOfSeries, 100)]);
  });

  it('is in the order of whatever says when one was made', () => {
    const made = (hour: number) => {
      const at = new Date(Date.UTC(2026, 0, 1, hour)).toISOString();
      return hour % 2 === 0
        ? observation(hour, { effectiveDateTime: undefined, effectiveInstant: at })
        : observation(hour, { effectiveDateTime: undefined, issued: at });
    };
    expect(bounded(hours(0, 100).map(made)).kept).toEqual(hours(100 - newestOfSeries, 100));
  });

  it('is another one for another code and another category', () => {
    const long = hours(0, 30).flatMap((hour) => [
      rate(hour, 80),
      fact(
        rate(hour, 80)
          .text.replace('8867-4', '9279-1')
          .replace(`"o${hour}"`, `"o${hour + 100}"`),
      ),
      observation(hour + 200, { category: [{ coding: [{ code: 'vital-signs' }] }] }),
    ]);
    expect(Object.keys(bounded(long).leftOut)).toHaveLength(3);
  });

  it('does not count what was recorded in error', () => {
    const wrong = observation(50, {
      status: 'entered-in-error',
      valueQuantity: { value: 900, unit: '/min' },
    });
    const long = [...hours(0, 50).map((hour) => rate(hour, 80)), wrong];
    const { kept, leftOut } = bounded(long);
    expect(kept).not.toContain(50);
    expect(Object.values(leftOut)).toEqual([50 - kept.length]);
  });

  it('comes out the same in whatever order and pages it was read', () => {
    const one = fc.tuple(fc.integer({ min: 40, max: 200 }), fc.constantFrom('/min', 'Hz'));
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 90 }),
        fc.integer({ min: 1, max: 40 }),
        fc.infiniteStream(fc.nat()),
        (values, page, order) => {
          const all = values.map(([value, unit], hour) => rate(hour, value, unit));
          const shuffled = all
            .map((each) => [order.next().value as number, each] as const)
            .toSorted(([a], [b]) => a - b)
            .map(([, each]) => each);
          expect(bounded(shuffled, page)).toEqual(bounded(all));
        },
      ),
      { numRuns: 50 },
    );
  });
});
