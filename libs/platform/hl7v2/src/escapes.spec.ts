import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { usualDelimiters } from './delimiters.ts';
import { escape, unescape } from './escapes.ts';

const truncating = { ...usualDelimiters, truncation: '#' };
const read = (text: string) => unescape(text, truncating);

describe('unescape', () => {
  it.each([
    ['O\\T\\Neil', 'O&Neil'],
    ['\\F\\\\S\\\\T\\\\R\\\\E\\\\P\\', '|^&~\\#'],
    ['a\\.br\\b', 'a\nb'],
    ['a\\.sp\\b', 'a\nb'],
    ['a\\.sp3\\b', 'a\n\n\nb'],
    ['a\\.sp +2\\b', 'a\n\nb'],
    ['a\\.ce\\b', 'a\nb'],
    ['a\\.sk2\\b', 'a  b'],
    ['\\.in+4\\\\.ti-2\\\\.fi\\\\.nf\\a', 'a'],
    ['\\H\\loud\\N\\ quiet', 'loud quiet'],
    ['a\\X0D0A\\b', 'a\r\nb'],
    ['a\\X0d\\b', 'a\rb'],
    ['a\\M2442\\;3ED\\C2842\\b', 'a山田b'],
    ['\\M242844\\0!\\C284A\\', '丂'],
    ['\\M2442\\;3', '山'],
  ])('reads %j', (text, plain) => expect(read(text)).toBe(plain));

  it.each([
    'C:\\temp',
    '\\\\',
    '\\',
    'a\\b\\c',
    '\\Zab\\',
    '\\Q\\',
    '\\X\\',
    '\\X0\\',
    '\\XGG\\',
    '\\.sp100\\',
    '\\.xx\\',
    '\\f\\',
    '\\M2442\\;',
    '\\M2442\\é3',
    '\\C2D41\\a',
    '\\M24283F\\a',
  ])('leaves %j as it is', (text) => expect(read(text)).toBe(text));

  it('reads what follows an escape character that stands for itself', () => {
    expect(read('C:\\temp\\F\\')).toBe('C:\\temp|');
    expect(read('\\Zab\\T\\')).toBe('\\Zab\\T\\');
  });

  it('reads a sequence of any length', () => {
    expect(read(`\\X${'41'.repeat(500_000)}\\`)).toBe('A'.repeat(500_000));
  });

  it('leaves bytes that it cannot read, and hands them to who can', () => {
    expect(read('\\XC3A9\\')).toBe('\\XC3A9\\');
    expect(unescape('\\XC3A9\\', truncating, (bytes) => Buffer.from(bytes).toString('utf8'))).toBe('é');
  });
});

describe('escape', () => {
  it('writes what would be read as structure', () => {
    expect(escape('a|b^c&d~e\\f#g\nh\r\u000b', truncating)).toBe(
      'a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\P\\g\\.br\\h\\X0D\\\\X0B\\',
    );
    expect(escape('#', usualDelimiters)).toBe('#');
  });

  it('is undone by unescape', () => {
    const hard = fc.string({ unit: fc.constantFrom(...'|^&~\\#\n\r\u001c.brXHNE0 é日😀') });
    fc.assert(
      fc.property(fc.oneof(hard, fc.string({ unit: 'binary' })), (text) => {
        expect(read(escape(text, truncating))).toBe(text);
      }),
    );
  });

  it('needs an escape character only where there is something to escape', () => {
    const without = { ...usualDelimiters, escape: '', subcomponent: '' };
    expect(escape('a&b', without)).toBe('a&b');
    expect(() => escape('a^b', without)).toThrow('no escape character');
  });
});
