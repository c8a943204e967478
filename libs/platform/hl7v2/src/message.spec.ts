import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Hl7Fault } from './hl7-fault.ts';
import { parseMessage } from './message.ts';

const header = 'MSH|^~\\&|LAB|HOSPITAL|||20260101||ORU^R01^ORU_R01|1|P|2.5.1';
const read = (...segments: string[]) => parseMessage([header, ...segments].join('\r'));

function faultOf(work: () => unknown): Hl7Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Hl7Fault) return error;
    throw error;
  }
  throw new Error('There was no fault.');
}

describe('parseMessage', () => {
  it('numbers the fields of MSH from its own separator', () => {
    const msh = read().first('MSH');
    expect([1, 2, 3, 9].map((field) => msh?.field(field)[0]?.text)).toEqual([
      '|',
      '^~\\&',
      'LAB',
      'ORU^R01^ORU_R01',
    ]);
    expect(msh?.field(2)).toHaveLength(1);
    expect(msh?.value(2)).toBe('^~\\&');
    expect(msh?.value(9, 2)).toBe('R01');
    expect(msh?.length).toBe(12);
  });

  it('finds segments by name and place, unknown ones too', () => {
    const message = read('PID|1', 'OBX|1', 'ZQX|any^thing&\\Zab\\|', 'OBX|2');
    expect(message.all('OBX').map(({ index, occurrence }) => [index, occurrence])).toEqual([
      [2, 1],
      [4, 2],
    ]);
    expect(message.first('ZQX')?.text).toBe('ZQX|any^thing&\\Zab\\|');
    expect(message.first('NTE')).toBeUndefined();
    expect(message.segments.map(({ name }) => name)).toEqual(['MSH', 'PID', 'OBX', 'ZQX', 'OBX']);
  });

  it('reads repetitions, components and subcomponents at a path', () => {
    const message = read('PID|||1^^^A&1.2&ISO~2^^^B&3.4&ISO', 'OBX|1|ST', 'OBX|2|NM|||5');
    expect(message.at('PID-3')).toBe('1');
    expect(message.at('PID-3[2].4.2')).toBe('3.4');
    expect(message.at('OBX[2]-5')).toBe('5');
    expect(message.repetition('PID-3[2]')?.subcomponents(4)).toEqual(['B', '3.4', 'ISO']);
    for (const path of ['PID-3[3]', 'PID-3.9', 'PID-3.4.9', 'PID-99', 'OBX[3]-5', 'NTE-1', 'PID'])
      expect(message.at(path)).toBeUndefined();
    expect(() => message.at('PID.3')).toThrow('Write it like PID-3');
  });

  it('tells an explicit null from an absent value', () => {
    const pid = read('PID|1||""|^""^a&""&|""~b').first('PID');
    expect([1, 2, 3, 99].map((field) => pid?.presence(field))).toEqual([
      'valued',
      'absent',
      'null',
      'absent',
    ]);
    expect(pid?.field(3)[0]?.isNull).toBe(true);
    expect(pid?.value(3)).toBeUndefined();
    const mixed = pid?.field(4)[0];
    expect(mixed?.isNull).toBe(false);
    expect([1, 2, 3, 4].map((component) => mixed?.presence(component))).toEqual([
      'absent',
      'null',
      'valued',
      'absent',
    ]);
    expect([1, 2, 3].map((part) => mixed?.presence(3, part))).toEqual(['valued', 'null', 'absent']);
    expect(mixed?.subcomponents(3)).toEqual(['a', undefined, undefined]);
    expect(pid?.field(5).map(({ isNull }) => isNull)).toEqual([true, false]);
  });

  it('gives a text with unescaped separators whole', () => {
    const value = read('NTE|1||Smith & Sons^ 5 \\T\\ 6').first('NTE')?.field(3)[0];
    expect(value?.value()).toBe('Smith ');
    expect(value?.literal()).toBe('Smith & Sons^ 5 & 6');
    expect(value?.literal(1)).toBe('Smith & Sons');
    expect(value?.components).toEqual(['Smith & Sons', ' 5 \\T\\ 6']);
  });

  it('takes the delimiters from the header, and leaves out those it does not have', () => {
    const message = parseMessage('MSH*:+\rPID*a:b&c+d\\F\\');
    expect(message.repetition('PID-1')?.components).toEqual(['a', 'b&c']);
    expect(message.at('PID-1.2')).toBe('b&c');
    expect(message.at('PID-1[2]')).toBe('d\\F\\');
  });

  it('leaves the mark of a truncated value out, and says that it was there', () => {
    const message = parseMessage('MSH|^~\\&#|A\rPID|cut#^whole\\P\\');
    expect(message.at('PID-1.1')).toBe('cut');
    expect(message.at('PID-1.2')).toBe('whole#');
    expect([1, 2].map((component) => message.repetition('PID-1')?.isTruncated(component))).toEqual([
      true,
      false,
    ]);
    expect(read('PID|5#').at('PID-1')).toBe('5#');
  });

  it.each(['\r', '\n', '\r\n', '\n\n'])('ends segments at %j, with or without one at the end', (end) => {
    const segments = [header, 'PID|1', 'OBX'];
    for (const tail of ['', end, end + end])
      expect(parseMessage(`\uFEFF${segments.join(end)}${tail}`).segments.map(({ text }) => text)).toEqual(
        segments,
      );
  });

  it('keeps a line feed that no segment follows as part of the text', () => {
    const message = parseMessage(`${header}\rNTE|1||first\n\nsecond\nNo segment|x\rOBX|1\n`);
    expect(message.at('NTE-3')).toBe('first\n\nsecond\nNo segment');
    expect(message.first('OBX')?.text).toBe('OBX|1');
  });

  it('is the same text again, ended by carriage returns', () => {
    const line = fc.tuple(
      fc.constantFrom('PID', 'OBX', 'ZA1'),
      fc.stringMatching(/^[|^~\\&" aé]*$/, { maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\r', '\n', '\r\n'), (lines, end) => {
        const segments = [header, ...lines.map(([name, rest]) => `${name}|${rest}`)];
        const message = parseMessage(segments.join(end));
        expect(message.text).toBe(`${segments.join('\r')}\r`);
      }),
    );
  });

  it.each([
    ['', '100', 'MSH'],
    ['PID|1', '100', 'MSH'],
    ['FHS|^~\\&', '100', 'MSH'],
    ['MSH', '101', 'MSH-1'],
    ['MSHA', '102', 'MSH-1'],
    ['MSH|', '101', 'MSH-2'],
    ['MSH|\rPID', '101', 'MSH-2'],
    ['MSH|^|A', '101', 'MSH-2'],
    ['MSH|^~\\&#!|A', '102', 'MSH-2'],
    [`MSH|${'x'.repeat(100)}`, '102', 'MSH-2'],
    ['MSH|^^\\&|A', '102', 'MSH-2'],
    ['MSH|^~|&|A', undefined, undefined],
    ['MSH|^~\\A|A', '102', 'MSH-2'],
    [`${header}\r${header}`, '100', 'MSH[2]'],
    [`${header}\rpid|1`, '100', undefined],
    [`${header}\rPIDX|1`, '100', undefined],
  ])('says what is wrong with %j', (text, code, path) => {
    if (code === undefined) return expect(parseMessage(text).segments).toHaveLength(1);
    const fault = faultOf(() => parseMessage(text));
    const { segment, occurrence, field } = fault.location ?? {};
    expect(fault.code).toBe(code);
    expect(
      segment && `${segment}${occurrence === 1 ? '' : `[${occurrence}]`}${field ? `-${field}` : ''}`,
    ).toBe(path);
    expect(fault.message).toMatch(/\. (Send|Use|Begin) /);
  });
});
