import { describe, expect, it } from '@jest/globals';
import { copyLexical, lexicalNumber, parseLexical } from './lexical-json.ts';

describe('JSON read for being written again', () => {
  it.each(['{"value":1.10}', '[1e3,0.0,-0,12345678901234567890]', '{"a":[1,2.5,true,null,"1.10"]}'])(
    'keeps the numbers of %s',
    (text) => {
      expect(JSON.stringify(parseLexical(text))).toBe(text);
      expect(JSON.stringify(copyLexical(parseLexical(text)))).toBe(text);
    },
  );

  it('takes a number as it is to be written', () => {
    expect(JSON.stringify({ value: lexicalNumber('5.10') })).toBe('{"value":5.10}');
  });
});
