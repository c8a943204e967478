import { describe, expect, it } from '@jest/globals';
import { acknowledge, type AcknowledgementCode, type MessageError } from './acknowledgement.ts';
import { acknowledgementCode, checkHeader, isAcknowledgementDue } from './acknowledgement-rules.ts';
import { Hl7Fault } from './hl7-fault.ts';
import { parseLocation } from './location.ts';
import { parseMessage } from './message.ts';
import { salvageHeader } from './salvage-header.ts';

const header = (fields: Readonly<Record<number, string>> = {}) => {
  const all: Record<number, string> = {
    2: '^~\\&',
    3: 'LAB^1.2^ISO',
    4: 'NORTH',
    5: 'SEPTUM',
    6: 'HOSPITAL',
    9: 'ADT^A01^ADT_A01',
    10: 'M1',
    11: 'T',
    12: '2.5.1',
    ...fields,
  };
  const texts = Array.from({ length: 17 }, (_, position) => all[position + 2] ?? '');
  return parseMessage(`MSH${all[1] ?? '|'}${texts.join(all[1] ?? '|')}`).first('MSH');
};
const options = { controlId: 'ACK1', now: new Date('2026-01-02T03:04:05.678Z') };
const lines = (text: string) => text.split('\r').slice(0, -1);
const errors: MessageError[] = [
  {
    code: '101',
    location: parseLocation('PID-3[2].4'),
    message: 'PID-3 has no authority. Send CX.4 & CX.5.',
  },
  { code: '103', severity: 'W', message: 'A code is unknown.' },
];

describe('acknowledge', () => {
  it('answers the sender in its own version, processing id and character set', () => {
    expect(lines(acknowledge(header({ 18: 'UNICODE UTF-8~ASCII' }), 'AA', options))).toEqual([
      'MSH|^~\\&|SEPTUM|HOSPITAL|LAB^1.2^ISO|NORTH|20260102030405+0000||ACK^A01^ACK|ACK1|T|2.5.1||||||UNICODE UTF-8~ASCII',
      'MSA|AA|M1',
    ]);
  });

  it('has an ERR segment an error from version 2.5 on', () => {
    expect(lines(acknowledge(header(), 'AE', { ...options, errors })).slice(1)).toEqual([
      'MSA|AE|M1',
      'ERR||PID^1^3^2^4|101^Required field missing^HL70357|E||||PID-3 has no authority. Send CX.4 \\T\\ CX.5.',
      'ERR|||103^Table value not found^HL70357|W||||A code is unknown.',
    ]);
  });

  it.each([
    ['2.4', 'ACK^A01^ACK'],
    ['2.3.1', 'ACK^A01'],
  ])('has ERR-1 and a text in version %s', (version, type) => {
    const [msh = '', ...rest] = lines(acknowledge(header({ 12: version }), 'AE', { ...options, errors }));
    expect(parseMessage(msh).repetition('MSH-9')?.text.replace(/\^$/, '')).toBe(type);
    expect(rest).toEqual([
      'MSA|AE|M1|PID-3 has no authority. Send CX.4 \\T\\ CX.5.',
      'ERR|PID^1^3^101&Required field missing&HL70357~^^^103&Table value not found&HL70357',
    ]);
  });

  it('keeps the delimiters, and what is escaped by them', () => {
    const text = acknowledge(header({ 1: '*', 2: ':+!%', 9: 'ADT:A01', 10: 'a!F!b' }), 'AE', {
      ...options,
      errors,
    });
    expect(lines(text)[0]).toMatch(/^MSH\*:\+!%\*SEPTUM\*.*\*ACK:A01:ACK\*/);
    expect(lines(text)[1]).toBe('MSA*AE*a!F!b');
    expect(parseMessage(text).at('ERR-8')).toBe(errors[0]?.message);
  });

  it('wants no answer to an application acknowledgement that comes later', () => {
    const asked = header({ 15: 'AL', 16: 'AL' });
    const modes = (code: AcknowledgementCode) =>
      [15, 16].map((field) => parseMessage(acknowledge(asked, code, options)).at(`MSH-${field}`));
    expect(modes('CA')).toEqual([undefined, undefined]);
    expect(modes('AA')).toEqual(['NE', 'NE']);
  });

  it('answers what has no readable header, and repeats no version that is none and nothing endless', () => {
    expect(lines(acknowledge(undefined, 'AR', options))).toEqual([
      'MSH|^~\\&|||||20260102030405+0000||ACK^^ACK|ACK1|P|2.5.1',
      'MSA|AR',
    ]);
    const strange = acknowledge(header({ 12: '9.9', 3: 'x'.repeat(5000) }), 'AR', options);
    expect(parseMessage(strange).at('MSH-12')).toBe('2.5.1');
    expect(strange.length).toBeLessThan(200);
  });
});

describe('salvageHeader', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1');

  it('reads enough for an answer out of bytes in no character set', () => {
    const salvaged = salvageHeader(
      bytes('\r\nMSH|^~\\&|L\xfcB|N|S|H|||ADT^A01|M1|P|2.5||||||EBCDIC|x\rPID|\xff'),
    );
    const text = acknowledge(salvaged, 'AR', options);
    expect(lines(text)).toEqual([
      'MSH|^~\\&|S|H|L?B|N|20260102030405+0000||ACK^A01^ACK|ACK1|P|2.5',
      'MSA|AR|M1',
    ]);
    expect(salvageHeader(Buffer.from('\uFEFFMSH|^~\\&|LAB', 'utf16le'))?.value(3)).toBe('LAB');
  });

  it.each(['', 'MSH', 'GET / HTTP/1.1\r\n', '\xff\xfe\x00', 'MSH|^|A'])('gives up on %j', (text) => {
    expect(salvageHeader(bytes(text))).toBeUndefined();
  });
});

describe('isAcknowledgementDue', () => {
  it.each([
    ['', '', 'accept', false, false],
    ['', '', 'application', true, true],
    ['AL', '', 'accept', true, true],
    ['AL', '', 'application', false, false],
    ['NE', 'AL', 'accept', false, false],
    ['NE', 'AL', 'application', true, true],
    ['ER', 'SU', 'accept', false, true],
    ['ER', 'SU', 'application', true, false],
    ['NE', 'NE', 'application', false, false],
    ['odd', '', 'accept', true, true],
  ] as const)(
    'MSH-15 %j, MSH-16 %j: %s on success %s, on failure %s',
    (accept, application, kind, good, bad) => {
      const msh = header({ 15: accept, 16: application });
      expect([isAcknowledgementDue(msh, kind, true), isAcknowledgementDue(msh, kind, false)]).toEqual([
        good,
        bad,
      ]);
    },
  );

  it('is due for what has no header', () =>
    expect(isAcknowledgementDue(undefined, 'application', false)).toBe(true));
});

describe('acknowledgementCode', () => {
  const wrong: MessageError = { code: '102', location: parseLocation('PID-7'), message: '' };

  it.each([
    [[], 'AA'],
    [[{ ...wrong, severity: 'W' }], 'AA'],
    [[wrong], 'AE'],
    [[wrong, { code: '200', message: '' }], 'AR'],
    [[{ code: '102', location: parseLocation('MSH-18'), message: '' }], 'AR'],
  ] as [MessageError[], AcknowledgementCode][])('of %j is %s', (errors, code) => {
    expect(acknowledgementCode('application', errors)).toBe(code);
    expect(acknowledgementCode('accept', errors)).toBe(code.replace('A', 'C'));
  });

  it('refuses for now in the application where the receiver itself has trouble, and is an error of storing', () => {
    const trouble: MessageError[] = [{ code: '207', message: '' }];
    expect(acknowledgementCode('application', trouble)).toBe('AR');
    expect(acknowledgementCode('accept', trouble)).toBe('CE');
  });
});

describe('checkHeader', () => {
  const accepted = { messageTypes: ['ADT^A01', 'ACK^'], versions: ['2.5.1'], processingIds: ['P', 'T'] };
  const codeOf = (fields: Readonly<Record<number, string>>) => {
    try {
      return checkHeader(header(fields)!, accepted);
    } catch (error) {
      return error instanceof Hl7Fault ? [error.code, error.location?.field] : error;
    }
  };

  it.each([
    [{}, undefined],
    [{ 9: 'ACK' }, undefined],
    [{ 9: 'ORU^R01' }, ['200', 9]],
    [{ 9: 'ADT^A99' }, ['201', 9]],
    [{ 11: 'D' }, ['202', 11]],
    [{ 12: '2.9' }, ['203', 12]],
    [{ 10: '' }, ['101', 10]],
    [{ 12: '""' }, ['101', 12]],
  ])('%j: %j', (fields, expected) => expect(codeOf(fields)).toEqual(expected));
});
