import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeMessage, repeated, type Value } from './encode.ts';
import { usualDelimiters } from './delimiters.ts';
import { parseMessage } from './message.ts';

describe('encodeMessage', () => {
  it('writes values, components, subcomponents and repetitions, and leaves empty ends out', () => {
    const text = encodeMessage([
      ['MSH', 'SEPTUM', '', undefined],
      [
        'PID',
        '1',
        undefined,
        repeated(['4711', '', '', ['HOSPITAL & SONS', '1.2', 'ISO', '']], 'b'),
        ['', ''],
        null,
      ],
      'ZAB|as it is^&\\',
    ]);
    expect(text).toBe(
      'MSH|^~\\&|SEPTUM\rPID|1||4711^^^HOSPITAL \\T\\ SONS&1.2&ISO~b||""\rZAB|as it is^&\\\r',
    );
  });

  it('uses the delimiters it is given', () => {
    const delimiters = {
      field: '*',
      component: ':',
      repetition: '+',
      escape: '!',
      subcomponent: '%',
      truncation: '#',
    };
    expect(
      encodeMessage(
        [
          ['MSH', 'A|B*C'],
          ['PID', ['1', ['2', '3#']]],
        ],
        delimiters,
      ),
    ).toBe('MSH*:+!%#*A|B!F!C\rPID*1:2%3!P!\r');
  });

  it('is read back as it was given', () => {
    const value: fc.Arbitrary<Value> = fc.oneof(
      fc.constantFrom(null, '""', '\\', '"'),
      fc.string({ unit: fc.constantFrom(...'|^&~\\#\r\n\u000b\u001cabX.é'), minLength: 1 }),
    );
    const parts = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts(parts(parts(value))), (repetitions) => {
        const text = encodeMessage([['MSH'], ['PID', repeated(...repetitions)]]);
        const read = parseMessage(text).first('PID')?.field(1) ?? [];
        expect(
          repetitions.map((components, r) =>
            components.map((values, c) =>
              values.map((_, s) =>
                read[r]?.presence(c + 1, s + 1) === 'null' ? null : read[r]?.value(c + 1, s + 1),
              ),
            ),
          ),
        ).toEqual(repetitions);
      }),
    );
  });

  it('refuses what would be read otherwise', () => {
    expect(() => encodeMessage(['PID|1\rOBX|1'])).toThrow('one segment at a time');
    expect(() => encodeMessage([['PIDX', '1']])).not.toThrow();
    expect(() => encodeMessage([['pid', '1']])).toThrow('three capitals');
    const few = { ...usualDelimiters, subcomponent: '', escape: '' };
    expect(() => encodeMessage([['PID', [['a', 'b']]]], few)).toThrow('four encoding characters');
  });
});
