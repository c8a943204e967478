import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Fields, packageRoot } from '#platform/fhir';
import { parseMessage } from '#platform/hl7v2';
import { readPack } from '#platform/rules';
import { checkV2Rules, mapperOf } from './v2-mappers.ts';

const example = readFileSync(join(packageRoot(import.meta.url), 'examples/rule-packs/north.json'), 'utf8');

/** The example with other artefacts in place of its own, but for the manifest. */
function packOf(...resources: object[]) {
  const [manifest] = (JSON.parse(example) as { entry: Fields[] }).entry;
  const entry = [manifest, ...resources.map((resource) => ({ resource }))];
  return readPack(JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }));
}

const v2 = (...parameter: object[]) => ({ resourceType: 'Parameters', id: 'v2', parameter });
const row = (parts: Readonly<Record<string, string | number>>, name = 'segment-row') => ({
  name,
  part: Object.entries(parts).map(([part, value]) => ({
    name: part,
    ...(typeof value === 'number' ? { valueInteger: value } : { valueString: value }),
  })),
});
const told = (pack: ReturnType<typeof packOf>) =>
  checkV2Rules(pack).map(({ expression, diagnostics }) => `${expression}: ${diagnostics}`);

const admission = parseMessage(
  [
    'MSH|^~\\&|REG|NORTH|||20260301080000||ADT^A28|1|P|2.5.1',
    'PID|1||4711^^^NORTH^MR||Okafor^Ada||19700102|D',
  ].join('\r'),
);
const patientBy = (pack: ReturnType<typeof packOf> | undefined, listener = 'mllp') =>
  mapperOf(pack, listener)
    .map(admission)
    .resources.find(({ type }) => type === 'Patient')!.content;

describe('what a rule pack says of HL7 v2', () => {
  it('is laid over the tables: codes, names of systems, the zone', () => {
    const pack = readPack(example);
    expect(checkV2Rules(pack)).toEqual([]);
    expect(patientBy(undefined)['gender']).not.toBe('other');
    expect(patientBy(pack)).toMatchObject({ gender: 'other' });
    const numbered = parseMessage(admission.text.replace('^NORTH^', '^NORTH_MRN^'));
    const { resources } = mapperOf(pack, 'mllp').map(numbered);
    expect(resources.find(({ type }) => type === 'Patient')!.content).toMatchObject({
      identifier: [{ system: 'https://north.example/mrn', value: '4711' }],
    });
  });

  it('leaves, in the example, the numbers of stays to the authority that gives several kinds', () => {
    const systems = [undefined, readPack(example)].map((pack) => {
      const stay = parseMessage(
        `${admission.text.replace('A28', 'A01')}\rPV1|1|I|||||||||||||||||V1^^^NORTH`,
      );
      const { resources } = mapperOf(pack, 'mllp').map(stay);
      return resources.find(({ type }) => type === 'Encounter')!.id;
    });
    expect(systems[1]).toBe(systems[0]);
  });

  it('names a zone by its offset, or by where it is', () => {
    for (const zone of ['+01:00', 'Z', 'America/New_York'])
      expect(told(packOf(v2({ name: 'zone', valueString: zone })))).toEqual([]);
  });

  it('is for one listener where it names one', () => {
    const forLab = packOf({
      ...v2(
        { name: 'listener', valueString: 'lab' },
        row({ table: 'PID[Patient]', line: 8 }),
        row({ table: 'PID[Patient]', line: 9 }),
      ),
      id: 'v2-lab',
    });
    expect(checkV2Rules(forLab)).toEqual([]);
    expect(patientBy(forLab)).toEqual(patientBy(undefined));
    expect(patientBy(forLab, 'lab')).not.toEqual(patientBy(undefined));
  });

  it('takes rows away, replaces them and adds others', () => {
    const pack = packOf(
      v2(
        row({
          table: 'PID[Patient]',
          line: 9001,
          from: 'PID-8',
          to: 'deceasedBoolean',
          when: '["valued","PID-30"]',
        }),
        row(
          { table: 'ADT_A05', line: 9001, path: 'PID', resource: 'Patient[1]', map: 'PID[Patient]' },
          'message-row',
        ),
      ),
    );
    expect(told(pack)).toEqual([]);
  });

  it.each([
    [
      'a row that leads nowhere',
      row({ table: 'PID[Patient]', line: 9001, from: 'PID-8', to: 'gendre' }),
      'gendre',
    ],
    [
      'a table that nobody reads',
      row({ table: 'PID[Patent]', line: 1, from: 'PID-8', to: 'gender' }),
      'no table',
    ],
    [
      'a code map that is not there',
      row({ table: 'PID[Patient]', line: 9, from: 'PID-8', to: 'gender', codes: 'Nope' }),
      'code map',
    ],
    ['half a row', row({ table: 'PID[Patient]', line: 9, from: 'PID-8' }), 'both ends'],
    ['a row without its line', row({ table: 'PID[Patient]', from: 'PID-8' }), 'a line'],
    ['a part that is misspelt', row({ table: 'PID[Patient]', line: 9, form: 'PID-8' }), 'Write one of'],
    [
      'a condition in words',
      row({ table: 'PID[Patient]', line: 9, from: 'PID-8', to: 'gender', when: 'IF PID-8' }),
      'as JSON',
    ],
    ['a zone in words', { name: 'zone', valueString: 'New York' }, 'offset'],
    ['a setting that is not there', { name: 'zones', valueString: 'Z' }, 'Write one of'],
  ])('is refused with %s, at its place', (_what, parameter, says) => {
    const [first] = told(packOf(v2(parameter)));
    expect(first).toContain('Bundle.entry[1].resource.parameter[0]');
    expect(first).toContain(says);
  });

  it('is refused with codes that no row looks up, or that become several', () => {
    const map = (name: string, target: object[]) => ({
      resourceType: 'ConceptMap',
      name,
      status: 'active',
      group: [{ element: [{ code: 'D', target }] }],
    });
    const other = { code: 'other', equivalence: 'equal' };
    expect(told(packOf(map('Sex', [other])))[0]).toContain('Bundle.entry[1].resource.name: No row');
    expect(told(packOf(map('AdministrativeSex', [other, other])))[0]).toContain(
      'group[0].element[0]: A code becomes',
    );
  });

  it('is refused with a system without its URI or its name', () => {
    const naming = (uniqueId: object[]) => ({
      resourceType: 'NamingSystem',
      name: 'N',
      status: 'active',
      kind: 'identifier',
      date: '2026-01-01',
      uniqueId,
    });
    expect(told(packOf(naming([{ type: 'other', value: 'NORTH' }])))).toHaveLength(1);
    expect(told(packOf(naming([{ type: 'oid', value: '1.2.3' }])))).toHaveLength(1);
    expect(
      told(
        packOf(
          naming([
            { type: 'oid', value: '1.2.3' },
            { type: 'other', value: 'NORTH' },
          ]),
        ),
      ),
    ).toEqual([]);
  });
});
