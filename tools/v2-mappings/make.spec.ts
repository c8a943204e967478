import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { describeWithData } from '#platform/testing';
import { assignment } from './assignment.mjs';
import { condition } from './condition.mjs';
import { csvRecords } from './csv.mjs';
import { make } from './make.mjs';
import { target } from './target.mjs';

const definitions = join(process.cwd(), 'libs/platform/v2-to-fhir/definitions');

describe('reading the official tables', () => {
  it('keeps quoted commas, quotes and line ends of a cell together, and knows where a record begins', () => {
    expect(csvRecords('a,"b ""1"",\nc"\nd,e\n')).toEqual([
      { line: 1, cells: ['a', 'b "1",\nc'] },
      { line: 3, cells: ['d', 'e'] },
    ]);
  });

  it('reads conditions, and does not guess at one it cannot read', () => {
    expect(condition('IF PID-33 AND PID-34 VALUED', 'PID')).toEqual([
      'all',
      ['valued', 'PID-33'],
      ['valued', 'PID-34'],
    ]);
    expect(condition('IF NOT VALUED AND RXA-21 NOT EQUALS "D"', 'RXA-20')).toEqual([
      'all',
      ['not', ['valued', 'RXA-20']],
      ['not', ['is', 'RXA-21', ['D']]],
    ]);
    expect(condition('IF OBX-2 EQUALS "IS"', 'OBX-5')).toEqual(['is', 'OBX-2', ['IS']]);
    expect(() => condition('IF CX.4 IN http://hl7.org/registry', 'CX.4')).toThrow('unreadable');
  });

  it('brings paths into one notation and refuses what R4 does not have', () => {
    expect(target('requester(PractitionerRole.practitioner(Practitioner.address))', 'ServiceRequest')).toBe(
      'requester(PractitionerRole).practitioner(Practitioner).address',
    );
    expect(target('note(Annotation.text)', 'Specimen')).toBe('note.text');
    expect(() => target('payer[1]', 'Coverage')).toThrow('R4 has no Coverage.payer');
  });

  it('reads literals and parts joined', () => {
    expect(assignment('"+"+XTN.5+" "+XTN.6')).toEqual(['=+', 'XTN.5', '= ', 'XTN.6']);
    expect(assignment('/to be determined/')).toBeUndefined();
  });
});

describeWithData('the committed mapping tables', 'v2-to-fhir-mappings', (folder) => {
  const { files, unread } = make(folder);

  it.each(Object.keys(files))('%s is what the script makes of the official tables', (name) => {
    expect(readFileSync(join(definitions, name), 'utf8') === files[name]).toBe(true);
  });

  it('leave out only the rows that are known to be unreadable', () => {
    expect(unread).toHaveLength(176);
  });
});
