import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Fault } from './fault.ts';
import { joinResource, memberTexts, objectText, splitResource, withMembers } from './resource-text.ts';

function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('splitResource', () => {
  it('takes out what are columns and keeps the rest as it is written', () => {
    const text = `{ "id": "a", "meta": { "versionId": "3", "tag": [ { "code": "x y" } ], "lastUpdated": "2024" },
      "value": 1.10, "exponent":1E+2 , "text": "a \\" } \\u00e9", "resourceType": "Observation" }`;
    expect(splitResource(text)).toMatchObject({
      type: 'Observation',
      id: 'a',
      content:
        '{"resourceType":"Observation","meta":{"tag":[{"code":"x y"}]},"value":1.10,"exponent":1E+2,"text":"a \\" } \\u00e9"}',
    });
  });

  it('leaves no meta when nothing of it is left', () => {
    expect(splitResource('{"resourceType":"Patient","meta":{"versionId":"1"},"active":true}').content).toBe(
      '{"resourceType":"Patient","active":true}',
    );
  });

  it('gives the parsed resource whole', () => {
    const { resource } = splitResource('{"resourceType":"Patient","id":"a","meta":{"versionId":"1"}}');
    expect(resource).toEqual({ resourceType: 'Patient', id: 'a', meta: { versionId: '1' } });
  });

  it.each([
    ['', 'not JSON'],
    ['{', 'not JSON'],
    ['{"resourceType":"Patient",}', 'not JSON'],
    ['\uFEFF{"resourceType":"Patient"}', 'not JSON'],
    ['{"resourceType":"Patient"} x', 'not JSON'],
    ['{"resourceType":"Patient","a":01}', 'not JSON'],
    ['[]', 'JSON object'],
    ['null', 'JSON object'],
    ['{}', 'resourceType'],
    ['{"resourceType":5}', 'resourceType'],
    ['{"resourceType":"../x"}', 'resourceType'],
    ['{"resourceType":"Patient","a":1,"a":1}', 'same property twice'],
    ['{"resourceType":"Patient","name":[{"family":"x","f\\u0061mily":"y"}]}', 'same property twice'],
    [`{"resourceType":"Patient","a":${'['.repeat(64)}${']'.repeat(64)}}`, 'deeper than 64'],
    ['"unended', 'does not end'],
  ])('refuses %j as malformed', (text, reason) => {
    const fault = faultOf(() => splitResource(text));
    expect(fault.kind).toBe('malformed');
    expect(fault.message).toContain(reason);
  });

  it('reads 64 levels', () => {
    const text = `{"resourceType":"Patient","a":${'['.repeat(63)}${']'.repeat(63)}}`;
    expect(splitResource(text).content).toBe(text);
  });

  it('takes 4 MB of a resource, 32 MB of a Binary', () => {
    const of = (type: string, megabytes: number): string =>
      `{"resourceType":"${type}","data":"${'A'.repeat(megabytes * 1024 * 1024)}"}`;
    expect(faultOf(() => splitResource(of('Patient', 4))).kind).toBe('too-large');
    expect(splitResource(of('Patient', 3)).type).toBe('Patient');
    expect(splitResource(of('Binary', 30)).type).toBe('Binary');
    expect(faultOf(() => splitResource(of('Binary', 32))).kind).toBe('too-large');
  });

  it('keeps the property __proto__ a property', () => {
    const text = '{"resourceType":"Patient","__proto__":{"active":true}}';
    expect(splitResource(text).content).toBe(text);
    expect(Object.hasOwn(splitResource(text).resource, '__proto__')).toBe(true);
  });
});

const number = fc.oneof(
  fc.integer().map(String),
  fc.tuple(fc.integer(), fc.stringMatching(/^[0-9]{1,20}$/)).map(([whole, part]) => `${whole}.${part}`),
  fc.constantFrom('0', '-0', '1e5', '1.10E-3', '100.000', '12345678901234567890.123456789'),
);
const space = fc.constantFrom('', '', ' ', '\n  ', '\t\r\n');
const string = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a"b', '\\', '{"x":1}', '\u2028', ':,'))
  .map((text) => JSON.stringify(text));

/** JSON text of any shape, with space anywhere and numbers written in every way. */
const { value: json } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    string,
    number,
    fc.constantFrom('true', 'false', 'null'),
    tie('object'),
    tie('array'),
  ),
  array: fc
    .tuple(space, fc.array(tie('value'), { maxLength: 4 }))
    .map(([gap, items]) => `[${gap}${items.join(`${gap},`)}${gap}]`),
  object: fc
    .tuple(
      space,
      fc.uniqueArray(string, { maxLength: 5 }),
      fc.array(tie('value'), { minLength: 5, maxLength: 5 }),
    )
    .map(
      ([gap, keys, values]) =>
        `{${gap}${keys.map((key, index) => `${key}${gap}:${gap}${values[index]}`).join(`,${gap}`)}${gap}}`,
    ),
}));

/** Numbers as they are written: what JSON.parse would forget. */
function numbersIn(text: string): string[] {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(/-?\d[\d.eE+-]*/g) ?? [];
}

describe('split and join', () => {
  it('give back any resource, every number to the digit', () => {
    fc.assert(
      fc.property(json, space, (value, gap) => {
        const source = `${gap}{"resourceType"${gap}:"Basic",${gap}"id":"x","extra":${gap}${value}${gap}}`;
        const { type, id, content, resource } = splitResource(source);
        const joined = joinResource(type, id!, 1, 0, content);
        expect(JSON.parse(joined)).toEqual({
          ...resource,
          meta: { versionId: '1', lastUpdated: '1970-01-01T00:00:00.000Z' },
        });
        expect(numbersIn(content)).toEqual(numbersIn(source));
        expect(splitResource(joined).content).toBe(content);
      }),
      { numRuns: 500 },
    );
  });

  it('refuse any broken text as malformed and never otherwise', () => {
    fc.assert(
      fc.property(
        json,
        fc.nat(),
        fc.constantFrom('', '"', '{', ']', ',', ':', '\\', '\u0000', 'x'),
        (value, at, damage) => {
          const whole = `{"resourceType":"Basic","extra":${value}}`;
          const place = at % whole.length;
          const text = whole.slice(0, place) + damage + whole.slice(place + 1);
          let isJson = true;
          try {
            JSON.parse(text);
          } catch {
            isJson = false;
          }
          if (isJson) return;
          expect(faultOf(() => splitResource(text)).kind).toBe('malformed');
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('withMembers', () => {
  it('replaces what the resource itself says, and nothing that stands deeper', () => {
    const text = '{ "status": "final", "value": 1.10, "contained": [{ "status": "final" }], "kind":"a" }';
    expect(withMembers(text, { status: 'entered-in-error', absent: 1, kind: 'b' })).toBe(
      '{ "status": "entered-in-error", "value": 1.10, "contained": [{ "status": "final" }], "kind":"b" }',
    );
    expect(withMembers(text, {})).toBe(text);
  });
});

describe('memberTexts', () => {
  it('takes an object apart into texts that make it again', () => {
    const text = '{"a": 1.10 ,"b":{"c":[1,2]},"d":"\\u0041"}';
    const texts = memberTexts(text);
    expect([...texts]).toEqual([
      ['a', '1.10'],
      ['b', '{"c":[1,2]}'],
      ['d', '"\\u0041"'],
    ]);
    expect(objectText(texts)).toBe('{"a":1.10,"b":{"c":[1,2]},"d":"\\u0041"}');
  });
});
