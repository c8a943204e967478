import { describe, expect, it } from '@jest/globals';
import { Fault } from './fault.ts';
import { sliceParameters } from './parameters-slices.ts';

describe('Parameters cut into pieces', () => {
  it('keep their resources as they were written, in parts too', () => {
    const text = `{"resourceType":"Parameters","parameter":[
      {"name":"tag","valueString":"a"},
      {"name":"decision","part":[{"name":"dose","resource":{"value": 1.10}},{"name":"line","valueReference":{"reference":"X/1"}}]}]}`;
    expect(sliceParameters(text)).toEqual([
      { name: 'tag', value: 'a', parts: [] },
      {
        name: 'decision',
        parts: [
          { name: 'dose', resource: '{"value": 1.10}', parts: [] },
          { name: 'line', value: { reference: 'X/1' }, parts: [] },
        ],
      },
    ]);
    expect(sliceParameters('{"resourceType":"Parameters"}')).toEqual([]);
  });

  it.each([
    '',
    '[]',
    '{"resourceType":"Bundle"}',
    '{"resourceType":"Parameters","parameter":{}}',
    '{"resourceType":"Parameters","parameter":[1]}',
    '{"resourceType":"Parameters"} x',
    `{"resourceType":"Parameters","parameter":${'[{"part":'.repeat(100)}[]${'}]'.repeat(100)}}`,
    '{"resourceType":"Parameters","parameter":[{"valueString":nope}]}',
  ])('are refused where they are none: %.60s', (text) => {
    expect(() => sliceParameters(text)).toThrow(Fault);
  });
});
